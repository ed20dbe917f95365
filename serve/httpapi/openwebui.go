package httpapi

import "selfrag/agent"

// openWebUIUser is the header in which Open WebUI tells the id of its user, where
// its operator lets it.
const openWebUIUser = "X-OpenWebUI-User-Id"

// openWebUIStatus is a line that Open WebUI shows above the answer.
func openWebUIStatus(text string, done bool) object {
	return object{"event": object{"type": "status", "data": object{"description": text, "done": done}}}
}

// openWebUISource is a source that Open WebUI lists below the answer. Its order
// is that of the citation numbers.
func openWebUISource(c agent.Citation, address string) object {
	return object{"event": object{"type": "source", "data": object{
		"source":   object{"id": address, "name": titleOf(c), "url": address},
		"document": []string{c.Quote},
		"metadata": []object{{"source": address, "name": titleOf(c), "start": c.Start, "end": c.End}},
	}}}
}
