package oddmodel

import (
	"encoding/json"
	"net/http"
)

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// panicAbort drops the connection.
func panicAbort() { panic(http.ErrAbortHandler) }

// numbers returns modes of servers whose counts and probabilities have another
// form.
func numbers() map[string]func(*exchange) {
	counted := func(usage string) func(*exchange) {
		return func(x *exchange) {
			if x.stream {
				x.begin()
				x.pieces(x.text)
				x.piece(object{}, "stop")
				x.event(`{"choices":[],"usage":` + usage + `}`)
				x.event("[DONE]")
				return
			}
			choice := object{"index": 0, "message": object{"role": "assistant", "content": x.text}, "finish_reason": "stop"}
			if x.probe {
				choice["logprobs"] = likely(x.text)
			}
			x.send(http.StatusOK, `{"choices":[`+jsonOf(choice)+`],"usage":`+usage+`}`)
		}
	}
	probed := func(logprobs string) func(*exchange) {
		return func(x *exchange) {
			if !x.probe {
				x.healthy()
				return
			}
			x.send(http.StatusOK, `{"choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"finish_reason":"length","logprobs":`+logprobs+`}]}`)
		}
	}
	return map[string]func(*exchange){
		"counts in floats":            counted(`{"prompt_tokens":12.0,"completion_tokens":3.5,"total_tokens":15.5}`),
		"counts in texts":             counted(`{"prompt_tokens":"12","completion_tokens":"3","prompt_tokens_details":[]}`),
		"counts nothing":              counted(`null`),
		"counts below nothing":        counted(`{"prompt_tokens":-1,"completion_tokens":-1}`),
		"counts in a list":            counted(`[12,3]`),
		"counts beyond all bounds":    counted(`{"prompt_tokens":1e300,"completion_tokens":true}`),
		"probabilities of old":        probed(`{"tokens":["Yes"],"token_logprobs":[-0.05],"top_logprobs":[{"Yes":-0.05,"One":-1.2,"1":-1.3,"No":-4.0}],"text_offset":[0]}`),
		"probabilities as objects":    probed(`{"content":[{"token":"Yes","logprob":-0.05,"top_logprobs":{"Yes":-0.05,"One":-1.2,"1":-1.3,"No":-4.0}}]}`),
		"probabilities of null":       probed(`{"content":[{"token":"Yes","logprob":-0.05,"top_logprobs":[{"token":"Yes","logprob":-0.05},{"token":"One","logprob":-1},{"token":"x","logprob":null}]}]}`),
		"probabilities of NaN":        probed(`{"content":[{"token":"Yes","logprob":-0.05,"top_logprobs":[{"token":"Yes","logprob":-0.05},{"token":"One","logprob":-1.2},{"token":"x","logprob":-Infinity},{"token":"y","logprob":NaN}]}]}`),
		"probabilities of raw tokens": probed(`{"content":[{"token":"ĠYes","logprob":-0.05,"top_logprobs":[{"token":"ĠYes","logprob":-0.9},{"token":"▁One","logprob":-1.2},{"token":"▁1","logprob":-1.3}]}]}`),
		"probabilities in texts":      probed(`"none"`),
		"probabilities left out":      probed(`{"content":[]}`),
		"probabilities of ids":        probed(`{"content":[{"token":"token_id:9","logprob":-0.05,"top_logprobs":[{"token":"token_id:9","logprob":-0.05}]}]}`),
	}
}
