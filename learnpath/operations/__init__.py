"""Running the service: is it healthy, who may do what, what can be thrown away."""
