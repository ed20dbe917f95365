package httpapi

import "selfrag/agent"

// openWebUIUser is the header with the id of Open WebUI's user. Open WebUI
// sends the header only if its administrator has enabled that.
const openWebUIUser = "X-OpenWebUI-User-Id"

// openWebUIStatus returns the event for a line that Open WebUI shows above the
// answer.
func openWebUIStatus(text string, done bool) object {
	return object{"event": object{"type": "status", "data": object{"description": text, "done": done}}}
}

// openWebUISource returns the event for a source that Open WebUI lists below
// the answer. Sources are sent in the order of the citation numbers.
func openWebUISource(c agent.Citation, address string) object {
	return object{"event": object{"type": "source", "data": object{
		"source":   object{"id": address, "name": titleOf(c), "url": address},
		"document": []string{c.Quote},
		"metadata": []object{{"source": address, "name": titleOf(c), "start": c.Start, "end": c.End}},
	}}}
}
