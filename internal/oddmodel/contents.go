package oddmodel

import (
	"regexp"
	"strings"
)

// contents returns modes of models that write no text, or write it in another
// form.
func contents() map[string]func(*exchange) {
	// draft returns a mode whose fault is in the draft only. Its grades are
	// healthy.
	draft := func(odd func(*exchange)) func(*exchange) {
		return func(x *exchange) {
			if x.label != "" {
				x.healthy()
				return
			}
			odd(x)
		}
	}
	message := func(m object, reason any) func(*exchange) {
		return draft(func(x *exchange) {
			if !x.stream {
				x.whole(m, reason, nil)
				return
			}
			x.begin()
			x.piece(m, nil)
			x.piece(object{}, reason)
			x.event("[DONE]")
		})
	}
	tool := []any{object{"index": 0, "id": "t1", "type": "function", "function": object{"name": "search", "arguments": "{}"}}}
	return map[string]func(*exchange){
		"writes nothing":            message(object{"role": "assistant", "content": ""}, "stop"),
		"writes null":               message(object{"role": "assistant", "content": nil}, "stop"),
		"writes white space":        message(object{"role": "assistant", "content": " \n\n "}, "stop"),
		"leaves the content out":    message(object{"role": "assistant"}, "stop"),
		"calls a tool":              message(object{"role": "assistant", "content": nil, "tool_calls": tool}, "tool_calls"),
		"refuses":                   message(object{"role": "assistant", "content": nil, "refusal": "I can't help with that."}, "stop"),
		"is filtered":               message(object{"role": "assistant", "content": ""}, "content_filter"),
		"is filtered, as Google":    message(object{"role": "assistant", "content": ""}, "SAFETY"),
		"runs out in the middle":    draft(func(x *exchange) { x.end(x.text+" And the crossing", "length") }),
		"is filtered in the middle": draft(func(x *exchange) { x.end(x.text+" And the crossing", "content_filter") }),
		"runs out, by another name": draft(func(x *exchange) { x.end(x.text+" And the crossing", "max_tokens") }),
		"ends in Anthropic's words": func(x *exchange) { x.end(x.text, "end_turn") },
		"ends in capitals":          func(x *exchange) { x.end(x.text, "STOP") },
		"writes past its limit":     draft(func(x *exchange) { x.end(x.text+strings.Repeat(" The crossing goes on and on.", 300), "stop") }),
		"writes parts":              func(x *exchange) { parts(x, object{"type": "text", "text": x.text}) },
		"writes parts with a thought": func(x *exchange) {
			parts(x, object{"type": "thinking", "thinking": []any{object{"type": "text", "text": "Perhaps 99."}}}, object{"type": "text", "text": x.text})
		},
		"writes parts of a response": func(x *exchange) {
			parts(x, object{"type": "reasoning", "summary": []any{object{"type": "summary_text", "text": "Perhaps 99."}}}, object{"type": "output_text", "text": x.text})
		},
		"writes a list of texts": func(x *exchange) { parts(x, x.text) },
		"streams to who did not ask": func(x *exchange) {
			x.stream = true
			x.healthy()
		},
		"answers streams in one piece": func(x *exchange) {
			x.stream = false
			x.healthy()
		},
		"names no reason": func(x *exchange) {
			if x.stream {
				x.begin()
				x.pieces(x.text)
				x.event("[DONE]")
				return
			}
			x.whole(object{"role": "assistant", "content": x.text}, nil, nil)
		},
	}
}

// parts answers with a message in parts.
func parts(x *exchange, content ...any) {
	m := object{"role": "assistant", "content": content}
	if x.stream {
		x.begin()
		x.piece(m, nil)
		x.piece(object{}, "stop")
		x.event("[DONE]")
		return
	}
	more := object{}
	if x.probe {
		more["logprobs"] = likely(x.text)
	}
	x.whole(m, "stop", more)
}

// grades returns modes of models that give no probabilities and write a grade
// in a form that was not asked for.
func grades() map[string]func(*exchange) {
	grade := func(form func(x *exchange, label string) string) func(*exchange) {
		return func(x *exchange) {
			if x.probe {
				x.whole(object{"role": "assistant", "content": x.text}, "stop", object{"logprobs": nil})
				return
			}
			if x.label == "" {
				x.healthy()
				return
			}
			x.say(form(x, x.label))
		}
	}
	fixed := func(format string) func(*exchange) {
		return grade(func(_ *exchange, label string) string { return strings.ReplaceAll(format, "LABEL", label) })
	}
	korean := map[string]string{"Yes": "예", "No": "아니요", "One": "하나", "Partly": "부분적으로"}
	return map[string]func(*exchange){
		"grades without logprobs":   fixed(`{"grade": "LABEL"}`),
		"grades in plain words":     fixed("LABEL."),
		"grades in bold":            fixed("**LABEL**"),
		"grades with a name":        fixed("Grade: LABEL"),
		"grades with a reason":      fixed("LABEL, since the passage says so."),
		"grades in a fence":         fixed("```json\n{\"grade\": \"LABEL\"}\n```"),
		"grades in single quotes":   fixed("{'grade': 'LABEL'}"),
		"grades in a list":          fixed(`[{"grade": "LABEL"}]`),
		"grades under another name": fixed(`{"answer": "LABEL"}`),
		"grades with a full stop":   fixed(`{"grade": "LABEL."}`),
		"grades in other letters":   grade(func(_ *exchange, label string) string { return `{"Grade": "` + strings.ToLower(label) + `"}` }),
		"grades and breaks off":     fixed(`{"grade": "LABEL`),
		"grades by true":            grade(func(_ *exchange, label string) string { return strings.Replace(`{"grade": true}`, "x", label, 1) }),
		"grades in Korean":          grade(func(_ *exchange, label string) string { return korean[label] + "." }),
		"grades in Korean, as JSON": grade(func(_ *exchange, label string) string { return `{"grade": "` + korean[label] + `"}` }),
		"grades after thinking":     fixed("<think>Is it No? No.</think>{\"grade\": \"LABEL\"}"),
		"grades nothing to be read": fixed("As an assistant I weigh each passage with care."),
		"grades by white space":     fixed("\n\n\n\n"),
		"repairs its grade":         grade(repaired),
	}
}

// repaired returns a valid grade if the prompt says that an earlier grade was
// not valid. Otherwise it returns an invalid one.
func repaired(x *exchange, label string) string {
	if regexp.MustCompile(`not valid`).MatchString(x.prompt) {
		return `{"grade": "` + label + `"}`
	}
	return "Well."
}
