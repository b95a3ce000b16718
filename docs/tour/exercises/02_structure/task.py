"""Find the module that handles a URL."""


def module_behind(app, method, address):
    """Return the Python module whose view handles `method` at `address`.

    For `GET /api/v1/users/me` that is `learnpath.users.routes`. You need three things:
    `app.url_map.bind("localhost").match(address, method=method)` returns the name of the
    endpoint and the URL arguments; `app.view_functions` maps endpoint names to views; and a view
    that was made from a class has it as `view_class`. Every class has a `__module__`.
    """
    raise NotImplementedError("your turn")
