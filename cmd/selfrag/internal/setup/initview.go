package setup

import (
	"fmt"
	"strings"

	"github.com/rivo/uniseg"

	"selfrag/cmd/selfrag/internal/term"
)

// printProposal prints the screen of init.
func (a *initRun) printProposal(p *proposal, w *initWords) {
	out := a.Out
	head := columns(w.machine, w.ollama)
	fmt.Fprintf(out, "%s  %s\n", head(w.machine), strings.Join(machineWords(p, w), ", "))
	fmt.Fprintf(out, "%s  %s\n\n", head(w.ollama), ollamaWords(p, w))

	rows := [][]string{
		{"", "", w.size, w.languages, w.licence, ""},
		modelRow(w.model, &p.Model, w),
		modelRow(w.embedder, &p.Embedder, w),
		rerankRow(p, w),
	}
	below := reasonsBelow(rows)
	indent := columns(w.model, w.embedder, w.reranker)("")
	for i, line := range term.Columned(rows) {
		fmt.Fprintln(out, line)
		if below[i] != "" {
			fmt.Fprintf(out, "%s  %s\n", indent, below[i])
		}
	}
	fmt.Fprintln(out)
	values := p.values()
	switch {
	case len(values) == 0:
		return
	case p.There:
		fmt.Fprintf(out, w.fileThere+"\n", p.File)
	default:
		fmt.Fprintf(out, w.holds+"\n", p.File)
	}
	for _, v := range values {
		fmt.Fprintf(out, "  %s: %s\n", v.key, v.value)
	}
}

// reasonsBelow takes the last column out of the rows whose middle columns are empty, and
// returns it by the index of the row. It then is a sentence that says why there is none
// of the part, and stands on a line below, or the screen would have to be wide.
func reasonsBelow(rows [][]string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		if last := len(row) - 1; strings.Join(row[2:last], "") == "" {
			out[i], row[last] = row[last], ""
		}
	}
	return out
}

func machineWords(p *proposal, w *initWords) []string {
	memory := w.unknown
	if p.Machine.Memory > 0 {
		memory = fmt.Sprintf(w.memory, w.amount(p.Machine.Memory))
	}
	card := w.noCard
	switch gpu := p.Machine.GPU; {
	case gpu != nil && gpu.Memory > 0:
		card = fmt.Sprintf(w.card, term.Printable(gpu.Name)+", "+w.amount(gpu.Memory))
	case gpu != nil:
		card = fmt.Sprintf(w.card, term.Printable(gpu.Name))
	case p.Ollama.Card:
		card = w.cardInUse
	}
	return []string{memory, fmt.Sprintf(w.cores, p.Machine.Cores), card}
}

func ollamaWords(p *proposal, w *initWords) string {
	if !p.Ollama.Found {
		return fmt.Sprintf(w.noOllama, p.Ollama.Address)
	}
	words := []string{fmt.Sprintf(w.found, term.Printable(p.Ollama.Version), p.Ollama.Address)}
	if p.Ollama.Elsewhere {
		words = append(words, w.elsewhere)
	}
	if p.Library {
		return strings.Join(append(words, w.library), "; ")
	}
	return strings.Join(append(words, w.noLibrary), "; ")
}

func modelRow(what string, c *choice, w *initWords) []string {
	if c.Name == "" {
		return []string{what, w.none, "", "", "", w.noModel}
	}
	size := ""
	if c.Size > 0 {
		size = w.amount(c.Size)
	}
	state := w.there
	switch {
	case c.Lacking != "":
		state = fmt.Sprintf(w.lacking, c.Lacking)
	case c.Kept != "":
		state = fmt.Sprintf(w.kept, c.Kept)
	case c.fetch():
		state = w.toFetch
	case !c.There:
		state = w.none
	}
	return []string{what, term.Printable(c.Name), size, w.translate(c.Languages), c.Licence, state}
}

func rerankRow(p *proposal, w *initWords) []string {
	c := &p.Reranker
	switch {
	case c.Kept != "":
		return []string{w.reranker, c.Name, "", "", "", fmt.Sprintf(w.kept, c.Kept)}
	case c.Name == "late":
		return []string{w.reranker, c.Name, "", w.translate(c.Languages), "", w.late}
	}
	return []string{w.reranker, w.none, "", "", "", w.noRerank}
}

// columns returns a function that appends spaces to its argument, up to the
// width of the widest of texts.
func columns(texts ...string) func(string) string {
	most := 0
	for _, t := range texts {
		most = max(most, uniseg.StringWidth(t))
	}
	return func(t string) string { return t + strings.Repeat(" ", most-uniseg.StringWidth(t)) }
}

// printInitDone prints the result and the next steps.
func (a *initRun) printInitDone(p *proposal, w *initWords) {
	switch {
	case p.Written:
		fmt.Fprintf(a.Out, w.written+"\n", p.File)
	default:
		fmt.Fprintf(a.Out, w.asItWas+"\n", p.File)
	}
	if p.Copy != "" {
		fmt.Fprintf(a.Out, w.copied+"\n", p.Copy)
	}
	fmt.Fprintln(a.Out, w.next)
}
