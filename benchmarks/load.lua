-- Sends the requests of a file, one per line: METHOD, address, token, body, separated by tabs.
local number = 0

function setup(thread)
  thread:set("number", number)
  number = number + 1
end

function init(arguments)
  requests = {}
  for line in io.lines(arguments[1]) do
    local method, path, token, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = { ["Accept"] = "application/json" }
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  local parts = tonumber(arguments[2])
  first = math.floor(#requests / parts) * number
  last = math.floor(#requests / parts) * (number + 1)
  here = first
end

function request()
  if here == last then here = first end
  here = here + 1
  return requests[here]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %.1f %.1f\n", summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
