"""One possible solution."""

import re

NEXT = re.compile(r'<([^>]+)>; rel="next"')


def everything(client, url):
    items = []
    while url:
        response = client.get(url)
        items += response.get_json()
        following = NEXT.search(response.headers.get("Link", ""))
        url = following and following[1]
    return items
