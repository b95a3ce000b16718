"""One possible solution."""

from learnpath.errors import Conflict, NotFound


class NoSuchBook(NotFound):
    """There is no such book on this shelf."""


class AlreadyLent(Conflict):
    """Another reader has this book."""


def lend_book(shelf, book, reader):
    if book not in shelf:
        raise NoSuchBook
    if shelf[book] is not None:
        raise AlreadyLent
    shelf[book] = reader
