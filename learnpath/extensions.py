"""The other Flask extensions, created here and attached to the application in create_app."""

from flask import Flask
from flask_jwt_extended import JWTManager

from .web.openapi import Api

jwt = JWTManager()
rest = Api()


def init_app(app: Flask) -> None:
    """Attach every extension to `app`."""
    jwt.init_app(app)
    rest.init_app(app)
