"""HTTP: blueprints, request bodies, responses, errors and the OpenAPI document."""
