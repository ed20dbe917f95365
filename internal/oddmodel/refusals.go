package oddmodel

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// refusals returns modes of servers that refuse a request, always or only at
// first.
func refusals() map[string]func(*exchange) {
	unless := func(refused func(*exchange) bool, status int, message string) func(*exchange) {
		return func(x *exchange) {
			if refused(x) {
				x.refuse(status, message)
				return
			}
			x.healthy()
		}
	}
	has := func(field string) func(*exchange) bool {
		return func(x *exchange) bool { return x.body[field] != nil }
	}
	above := func(field string, most float64) func(*exchange) bool {
		return func(x *exchange) bool {
			n, ok := x.body[field].(float64)
			return ok && n > most
		}
	}
	later := func(n, status int, message string, header ...string) func(*exchange) {
		return func(x *exchange) {
			if x.times("later") <= n {
				for i := 0; i+1 < len(header); i += 2 {
					x.w.Header().Set(header[i], header[i+1])
				}
				x.refuse(status, message)
				return
			}
			x.healthy()
		}
	}
	system := func(x *exchange) bool {
		messages, _ := x.body["messages"].([]any)
		return slices.ContainsFunc(messages, func(m any) bool { return m.(map[string]any)["role"] == "system" })
	}
	return map[string]func(*exchange){
		"wants max_completion_tokens": unless(has("max_tokens"), 400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
		"wants its own temperature":   unless(has("temperature"), 400, "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."),
		"refuses logprobs by 403":     unless(has("logprobs"), 403, "You are not allowed to request logprobs from this model"),
		"refuses logprobs by 500":     unless(has("logprobs"), 500, "logprobs is not implemented for this model"),
		"refuses logprobs by 422": func(x *exchange) {
			if x.probe {
				x.send(422, object{"detail": []any{object{"type": "extra_forbidden", "loc": []any{"body", "logprobs"}, "msg": "Extra inputs are not permitted"}}})
				return
			}
			x.healthy()
		},
		"refuses logprobs in Korean": unless(has("logprobs"), 400, "logprobs 파라미터는 지원하지 않습니다."),
		"says not what it refuses":   unless(has("repetition_penalty"), 400, "Bad Request"),
		"takes 5 top_logprobs":       unless(above("top_logprobs", 5), 400, "top_logprobs must be between 0 and 5"),
		"takes 8 logprobs, as vLLM":  unless(above("top_logprobs", 8), 400, "Requested sample logprobs of 20, which is greater than max allowed: 8"),
		"takes few top_logprobs":     unless(above("top_logprobs", 5), 400, "Invalid value for top_logprobs"),
		"refuses schemas":            unless(has("response_format"), 400, "This model does not support structured outputs."),
		"refuses stream_options":     unless(has("stream_options"), 400, "Unrecognized request argument supplied: stream_options"),
		"does not stream":            unless(has("stream"), 400, "Your organization must be verified to stream this model."),
		"has no system role":         unless(system, 400, "System role not supported"),
		"has no system role, by 500": unless(system, 500, "Error rendering prompt with jinja template: System role not supported"),
		"writes 16 tokens at least": unless(func(x *exchange) bool { return x.limit < 16 }, 400,
			"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead."),
		"writes 20 tokens at most":    unless(func(x *exchange) bool { return x.limit > 20 }, 400, "max_tokens is too large: 256. This model supports at most 20 completion tokens."),
		"writes in a range of tokens": unless(func(x *exchange) bool { return x.limit > 64 }, 400, "Invalid max_tokens value, the valid range of max_tokens is [1, 64]"),
		"is full once":                later(1, 429, "slow down", "Retry-After", "0.01"),
		"is full, in milliseconds":    later(1, 429, "slow down", "Retry-After-Ms", "10", "Retry-After", "1"),
		"is full for an hour":         later(1_000_000, 429, "slow down", "Retry-After", "3600"),
		"has spent its quota":         later(1_000_000, 429, "You exceeded your current quota, please check your plan and billing details."),
		"has no credit":               later(1_000_000, 402, "Insufficient Balance"),
		"loads its model":             later(3, 503, "Loading model"),
		"wants another key":           later(1_000_000, 401, "Incorrect API key provided"),
		"wants an api-key header": func(x *exchange) {
			if x.r.Header.Get("Api-Key") == "" {
				x.send(401, object{"statusCode": 401, "message": "Access denied due to missing subscription key."})
				return
			}
			x.healthy()
		},
		"has no such model": later(1_000_000, 404, "The model 'm' does not exist"),
		"has a short context": func(x *exchange) {
			if len(x.prompt) > 1_200 {
				x.refuse(400, "This model's maximum context length is 400 tokens. However, you requested 900 tokens.")
				return
			}
			x.healthy()
		},
		"filters the prompt": later(1_000_000, 400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."),
		"is a web page":      func(x *exchange) { x.send(200, "<!DOCTYPE html><html><title>Sign in</title></html>") },
		"is a broken gateway": func(x *exchange) {
			x.send(502, "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>")
		},
		"answers in plain text": func(x *exchange) { x.send(200, "upstream connect error or disconnect/reset before headers") },
		"answers nothing":       func(x *exchange) { x.w.WriteHeader(http.StatusOK) },
		"moved": func(x *exchange) {
			http.Redirect(x.w, x.r, "https://"+x.r.Host+x.r.URL.Path, http.StatusMovedPermanently)
		},
		"fails in its answer once": func(x *exchange) {
			if x.times("fail") == 1 {
				x.send(200, object{"error": object{"message": "Provider returned error", "code": 502}})
				return
			}
			x.healthy()
		},
		"is full in its answer": func(x *exchange) {
			x.send(200, object{"error": object{"message": "Rate limit exceeded: free-models-per-min", "code": 429}, "user_id": "u"})
		},
		"fails in another form": func(x *exchange) {
			x.send(200, object{"object": "error", "message": "invalid token in prompt", "code": 400})
		},
		"fails in a bare form": func(x *exchange) { x.send(200, object{"code": 1113, "msg": "the account is in arrears"}) },
		"hangs":                func(x *exchange) { <-x.r.Context().Done() },
		"is slow": func(x *exchange) {
			select {
			case <-time.After(20 * time.Millisecond):
				x.healthy()
			case <-x.r.Context().Done():
			}
		},
		"wants JSON named": func(x *exchange) {
			if f, ok := x.body["response_format"].(map[string]any); ok && (f["type"] != "json_object" || !strings.Contains(x.prompt, "JSON")) {
				x.refuse(400, "This response_format type is unavailable now")
				return
			}
			x.healthy()
		},
	}
}
