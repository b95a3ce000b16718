#!/bin/sh
# A learner with curl: register, log in, complete a path.
#
#     sh examples/learner.sh http://127.0.0.1:8000
#
# It needs curl, and python3 to read JSON.
set -eu

API=${1:-http://127.0.0.1:8000}/api/v1
LEARNING_PATH=backend-with-flask

# Tokens and responses are in files that only you can read: $(…) cannot set a variable, and all users
# of this machine can read the arguments of a program.
umask 077
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
: > "$FOLDER/credentials"

# field NAME…: print one value of the JSON on standard input. `field next module` goes two deep.
field() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[name] if value else None
print("" if value is None else value)' "$@"
}

# once METHOD URL [BODY]: send one request. Prints the status; the body is in $FOLDER/body.
once() {
  curl -s -X "$1" "$API$2" -H @"$FOLDER/credentials" -H 'Content-Type: application/json' \
    ${3:+--data-raw "$3"} -D "$FOLDER/headers" -o "$FOLDER/body" -w '%{http_code}'
}

# ask METHOD URL [BODY]: print the JSON of the response, and stay logged in. An error ends the script.
ask() {
  attempts=0
  while [ $((attempts += 1)) -le 10 ]; do
    status=$(once "$@")
    case $status in
      2*) cat "$FOLDER/body"; return ;;
      429 | 503) # too many requests, or busy
        sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$FOLDER/headers")" ;;
      401) # the access token has expired; without a refresh token: log in again
        [ -s "$FOLDER/refresh" ] || break
        refresh ;;
      *) break ;;
    esac
  done
  echo "$1 $2: $status $(cat "$FOLDER/body")" >&2
  exit 1
}

# Exchange the refresh token for new tokens. Each is valid once, so store the new one.
refresh() (
  spent=$(cat "$FOLDER/refresh")
  : > "$FOLDER/refresh"
  ask POST /auth/refresh "{\"refresh_token\": \"$spent\"}" > "$FOLDER/tokens"
  keep_tokens
)

keep_tokens() {
  echo "Authorization: Bearer $(field access_token < "$FOLDER/tokens")" > "$FOLDER/credentials"
  field refresh_token < "$FOLDER/tokens" > "$FOLDER/refresh"
}

EMAIL=ada-$(date +%s)-$$@example.org
PASSWORD='correct horse battery'

ask POST /users/register \
  "{\"name\": \"Ada Lovelace\", \"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" > /dev/null
ask POST /users/login "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" > "$FOLDER/tokens"
keep_tokens
ask POST "/paths/$LEARNING_PATH/enrollments" '{}' > /dev/null

# The service returns the next module: one that is not locked, required ones first.
ask GET "/users/me/paths/$LEARNING_PATH" > "$FOLDER/standing"
while module=$(field next module < "$FOLDER/standing") && [ -n "$module" ]; do
  ask POST /users/me/progress "{\"module_id\": \"$module\", \"completed\": true}" > "$FOLDER/outcome"
  echo "$module: done, and it unlocked $(field unlocked < "$FOLDER/outcome")"
  ask GET "/users/me/paths/$LEARNING_PATH" > "$FOLDER/standing"
done
echo "$LEARNING_PATH: $(field status < "$FOLDER/standing"), $(field percent < "$FOLDER/standing") %"
