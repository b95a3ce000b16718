"""Logging in from an IP address, with the right password and with a wrong one."""


def guess(api, email, expect=401, come_from="192.0.2.1", **more):
    """Try a wrong password for `email` from an IP address."""
    credentials = {"email": email, "password": "wrong guess"}
    return api.post(
        "/users/login",
        credentials,
        expect=expect,
        environ_base={"REMOTE_ADDR": come_from},
        **more,
    )


def log_in(api, person, expect=200, come_from="192.0.2.1"):
    credentials = {"email": person.email, "password": person.password}
    return api.post(
        "/users/login", credentials, expect=expect, environ_base={"REMOTE_ADDR": come_from}
    )
