"""One possible solution."""

import jwt

AUDIENCE = "learnpath"


def read_token(token, secret):
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["exp", "sub"]},
        )
    except jwt.PyJWTError:
        return None
    return claims["sub"]
