package oddmodel

// thoughts returns modes of models that think before they write.
func thoughts() map[string]func(*exchange) {
	const thought = "The user asks about cars. Passage 2 may say 99 kettles. "
	// eats returns a mode of a model whose thoughts use up the token limit of
	// the answer. If the limit is at least need, the model is healthy.
	eats := func(need int, text any, named bool) func(*exchange) {
		return func(x *exchange) {
			if x.limit >= need {
				x.healthy()
				return
			}
			m := object{"role": "assistant", "content": text}
			if named {
				m["reasoning_content"] = thought
			}
			if x.stream {
				x.begin()
				x.piece(m, nil)
				x.piece(object{}, "length")
				x.event("[DONE]")
				return
			}
			x.whole(m, "length", object{"logprobs": nil})
		}
	}
	written := func(begin, end string) func(*exchange) {
		return func(x *exchange) {
			if x.probe {
				x.whole(object{"role": "assistant", "content": begin}, "length", object{"logprobs": object{"content": []any{
					object{"token": begin, "logprob": 0, "top_logprobs": []any{object{"token": begin, "logprob": 0}}}}}})
				return
			}
			x.say(begin + thought + end + x.text)
		}
	}
	return map[string]func(*exchange){
		"thinks 300 tokens":           eats(300, "", true),
		"thinks 300 tokens, in null":  eats(300, nil, true),
		"thinks 300 tokens, unseen":   eats(300, "", false),
		"thinks 3000 tokens":          eats(3_000, "", true),
		"thinks 300 tokens, in marks": eats(300, "<think>"+thought, false),
		"thinks without an end":       eats(1_000_000_000, "", true),
		"thinks in marks":             written("<think>\n", "</think>\n\n"),
		"thinks before an end":        written("", "</think>\n\n"),
		"thinks as Mistral":           written("[THINK]", "[/THINK]"),
		"thinks as EXAONE":            written("<thought>\n", "</thought>\n"),
		"thinks as gpt-oss":           written("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
		"thinks as Cohere":            written("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
		"thinks as Kimi":              written("◁think▷", "◁/think▷"),
	}
}
