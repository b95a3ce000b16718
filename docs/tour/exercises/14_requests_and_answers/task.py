"""Read a list to its end, page by page."""


def everything(client, url):
    """Return all items of a list, however many pages it has.

    `response = client.get(url)` sends a request; `response.get_json()` is one page, a list; and
    `response.headers["Link"]` has the URL of the next page:

        </api/v1/modules?page_size=3&cursor=abc>; rel="next", </api/v1/modules>; rel="first"

    On the last page there is no `rel="next"`. Use the URL of the header unchanged; clients cannot
    make cursors.
    """
    return client.get(url).get_json()
