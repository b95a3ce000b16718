#!/bin/sh
# A learner's journey with curl: register, log in, follow a path to its end.
#
#     sh examples/learner.sh http://127.0.0.1:8000
#
# It needs curl, and python3 to read JSON.
set -eu

API=${1:-http://127.0.0.1:8000}/api/v1
LEARNING_PATH=backend-with-flask

# Tokens and answers are kept in files that only you can read: $(…) could not set a variable, and
# everybody on this machine can read the arguments of a program.
umask 077
KEPT=$(mktemp -d)
trap 'rm -rf "$KEPT"' EXIT
: > "$KEPT/credentials"

# field NAME…: print one value of the JSON on standard input. `field next module` goes two deep.
field() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[name] if value else None
print("" if value is None else value)' "$@"
}

# once METHOD URL [BODY]: ask once. Prints the status; the answer lies in $KEPT/body.
once() {
  curl -s -X "$1" "$API$2" -H @"$KEPT/credentials" -H 'Content-Type: application/json' \
    ${3:+--data-raw "$3"} -D "$KEPT/headers" -o "$KEPT/body" -w '%{http_code}'
}

# ask METHOD URL [BODY]: print the JSON of the answer, and stay logged in. A refusal ends the script.
ask() {
  attempts=0
  while [ $((attempts += 1)) -le 10 ]; do
    status=$(once "$@")
    case $status in
      2*) cat "$KEPT/body"; return ;;
      429 | 503) # asked too often, or it is too busy: it says how long to wait
        sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$KEPT/headers")" ;;
      401) # the access token has expired; without a refresh token: log in again
        [ -s "$KEPT/refresh" ] || break
        refresh ;;
      *) break ;;
    esac
  done
  echo "$1 $2: $status $(cat "$KEPT/body")" >&2
  exit 1
}

# Spend the refresh token for a new pair. Each is good once, so keep the new one.
refresh() (
  spent=$(cat "$KEPT/refresh")
  : > "$KEPT/refresh"
  ask POST /auth/refresh "{\"refresh_token\": \"$spent\"}" > "$KEPT/tokens"
  keep_tokens
)

keep_tokens() {
  echo "Authorization: Bearer $(field access_token < "$KEPT/tokens")" > "$KEPT/credentials"
  field refresh_token < "$KEPT/tokens" > "$KEPT/refresh"
}

EMAIL=ada-$(date +%s)-$$@example.org
PASSWORD='correct horse battery'

ask POST /users/register \
  "{\"name\": \"Ada Lovelace\", \"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" > /dev/null
ask POST /users/login "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" > "$KEPT/tokens"
keep_tokens
ask POST "/paths/$LEARNING_PATH/enrollments" '{}' > /dev/null

# The service knows what comes next: which modules are locked, and which are optional.
ask GET "/users/me/paths/$LEARNING_PATH" > "$KEPT/standing"
while module=$(field next module < "$KEPT/standing") && [ -n "$module" ]; do
  ask POST /users/me/progress "{\"module_id\": \"$module\", \"completed\": true}" > "$KEPT/outcome"
  echo "$module: done, and it unlocked $(field unlocked < "$KEPT/outcome")"
  ask GET "/users/me/paths/$LEARNING_PATH" > "$KEPT/standing"
done
echo "$LEARNING_PATH: $(field status < "$KEPT/standing"), $(field percent < "$KEPT/standing") %"
