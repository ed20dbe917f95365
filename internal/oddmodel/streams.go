package oddmodel

import "strings"

// streams returns modes of servers whose streams have another form or break.
func streams() map[string]func(*exchange) {
	streamed := func(odd func(*exchange)) func(*exchange) {
		return func(x *exchange) {
			if !x.stream {
				x.healthy()
				return
			}
			odd(x)
		}
	}
	// breaks returns a mode that sends half of a draft and then the fault. The
	// n-th draft and later ones are healthy.
	breaks := func(n int, odd func(*exchange)) func(*exchange) {
		return streamed(func(x *exchange) {
			if x.times("break") >= n {
				x.healthy()
				return
			}
			x.begin()
			x.pieces(half(x.text))
			odd(x)
		})
	}
	hangUp := func(*exchange) { panicAbort() }
	return map[string]func(*exchange){
		"streams with CRLF": streamed(func(x *exchange) {
			x.begin()
			x.raw("\ufeff: hello\r\n\r\n: OPENROUTER PROCESSING\r\n\r\n")
			b := object{"choices": []any{object{"index": 0, "delta": object{"content": x.text}, "finish_reason": "stop"}}}
			x.raw("data:" + strings.TrimSpace(jsonOf(b)) + "\r\n\r\ndata:[DONE]\r\n\r\n")
		}),
		"streams byte by byte": streamed(func(x *exchange) {
			x.begin()
			b := "data: " + jsonOf(object{"choices": []any{object{"index": 0, "delta": object{"content": x.text}, "finish_reason": "stop"}}}) + "\n\ndata: [DONE]\n\n"
			for i := 0; i < len(b); i += 3 {
				x.raw(b[i:min(i+3, len(b))])
			}
		}),
		"streams nulls": streamed(func(x *exchange) {
			x.begin()
			x.event(`{"id":null,"choices":null,"usage":null}`)
			x.event(`{"choices":[{"index":0,"delta":null,"finish_reason":null,"logprobs":null}],"usage":null,"error":null}`)
			x.piece(object{"role": nil, "content": nil, "tool_calls": nil, "reasoning_content": nil}, nil)
			x.pieces(x.text)
			x.piece(object{"content": ""}, "stop")
			x.event("[DONE]")
		}),
		"streams signs of life": streamed(func(x *exchange) {
			x.begin()
			x.raw(": keep-alive\n\nevent: ping\ndata: ping\n\nretry: 100\n\n")
			x.end(x.text, "stop")
		}),
		"streams lines of JSON": streamed(func(x *exchange) {
			x.w.Header().Set("Content-Type", "application/x-ndjson")
			for _, w := range word.FindAllString(x.text, -1) {
				x.raw(jsonOf(object{"choices": []any{object{"delta": object{"content": w}}}}) + "\n")
			}
			x.raw(jsonOf(object{"choices": []any{object{"delta": object{}, "finish_reason": "stop"}}}) + "\n")
		}),
		"streams as plain text": streamed(func(x *exchange) {
			x.w.Header().Set("Content-Type", "text/plain")
			x.pieces(x.text)
			x.piece(object{}, "stop")
			x.event("[DONE]")
		}),
		"ends streams without a mark": streamed(func(x *exchange) {
			x.begin()
			x.pieces(x.text)
			x.piece(object{}, "stop")
		}),
		"ends streams by their count": streamed(func(x *exchange) {
			x.begin()
			x.pieces(x.text)
			x.event(`{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3}}`)
		}),
		"breaks a stream once":      breaks(2, func(*exchange) {}),
		"hangs up in a stream once": breaks(2, hangUp),
		"breaks every stream":       breaks(1_000_000, func(*exchange) {}),
		"hangs up in every stream":  breaks(1_000_000, hangUp),
		"fails in a stream once":    breaks(2, failing),
		"fails in every stream":     breaks(1_000_000, failing),
		"fails by an event once": breaks(2, func(x *exchange) {
			x.raw("event: error\ndata: {\"message\":\"out of memory\",\"type\":\"server_error\"}\n\n")
		}),
		"ends a stream by error once": breaks(2, func(x *exchange) {
			x.piece(object{}, "error")
			x.event("[DONE]")
		}),
		"fails before a stream once": streamed(func(x *exchange) {
			if x.times("before") == 1 {
				x.begin()
				x.event(`{"error":{"message":"overloaded","type":"overloaded_error"}}`)
				return
			}
			x.healthy()
		}),
		"hangs in a stream": streamed(func(x *exchange) {
			x.begin()
			x.pieces(half(x.text))
			<-x.r.Context().Done()
		}),
	}
}

func failing(x *exchange) {
	x.event(`{"id":"1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"Provider disconnected"}}`)
	x.event("[DONE]")
}
