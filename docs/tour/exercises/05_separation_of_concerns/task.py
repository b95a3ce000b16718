"""Take a rule out of a view, so that it can be tested without HTTP."""


def lend_view(shelf, book, reader):
    """Everything at once, as one often sees it: the rule, the status, the body.

    Leave it as it is; it is what you start from.
    """
    if book not in shelf:
        return {"error": "no such book"}, 404
    if shelf[book] is not None:
        return {"error": "already lent"}, 409
    shelf[book] = reader
    return {"book": book, "reader": reader}, 200


def lend_book(shelf, book, reader):
    """Lend a book to a reader. Raises NoSuchBook, AlreadyLent.

    `shelf` maps each book to who has it, or to None. Write the rule only: no status, no body.
    Above, define the two refusals, each with a docstring of one sentence: `NoSuchBook` is a
    `NotFound`, `AlreadyLent` is a `Conflict`; both come from `learnpath.errors`, which alone
    knows the numbers. A refusal changes nothing.
    """
    raise NotImplementedError("your turn")
