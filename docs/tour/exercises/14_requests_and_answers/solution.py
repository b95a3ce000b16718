"""One way to do it."""

import re

NEXT = re.compile(r'<([^>]+)>; rel="next"')


def everything(client, url):
    items = []
    while url:
        answer = client.get(url)
        items += answer.get_json()
        following = NEXT.search(answer.headers.get("Link", ""))
        url = following and following[1]
    return items
