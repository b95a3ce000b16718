"""One possible solution."""


def advice(problem):
    if problem["type"] == "/problems/module-locked":
        return f"Do this first: {', '.join(problem['blocked_by'])}."
    match problem["status"]:
        case 401:
            return "Please log in again."
        case 415:
            return "Send the header Content-Type: application/json."
        case 422:
            return f"Look at these fields again: {', '.join(problem['errors'])}."
    return problem["detail"]
