"""One possible solution."""


def module_behind(app, method, address):
    endpoint, _values = app.url_map.bind("localhost").match(address, method=method)
    return app.view_functions[endpoint].view_class.__module__
