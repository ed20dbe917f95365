package term

import (
	"fmt"
	"io"
	"strconv"

	"selfrag/agent"
)

// costColumns returns the headings of the table of costs, long and short. The
// short headings are for narrow terminals.
func costColumns() (long, short []string) {
	return []string{"step", "calls", "repeated", "prompt tokens", "shared", "completion tokens", "seconds"},
		[]string{"step", "calls", "rep.", "prompt", "shared", "compl.", "s"}
}

// costTable returns a table of the costs of a turn's steps. It has the short
// headings if the table with the long headings is wider than the given number
// of columns of a terminal.
func costTable(cost []agent.StepCost, columns int) string {
	total := agent.StepCost{Step: "total"}
	rows := make([][]string, 0, len(cost)+1)
	for _, c := range cost {
		rows = append(rows, costRow(c))
		total.Calls += c.Calls
		total.RepeatedCalls += c.RepeatedCalls
		total.PromptTokens += c.PromptTokens
		total.SharedTokens += c.SharedTokens
		total.CompletionTokens += c.CompletionTokens
		total.Milliseconds += c.Milliseconds
	}
	rows = append(rows, costRow(total))
	long, short := costColumns()
	if table := align(long, rows, "  "); widest(table) <= columns {
		return table
	}
	return align(short, rows, " ")
}

func costRow(c agent.StepCost) []string {
	return []string{
		c.Step, strconv.Itoa(c.Calls), strconv.Itoa(c.RepeatedCalls), strconv.Itoa(c.PromptTokens), strconv.Itoa(c.SharedTokens),
		strconv.Itoa(c.CompletionTokens), fmt.Sprintf("%.1f", c.Milliseconds/1000),
	}
}

// PrintCost prints the table of costs and an explanation of its terms.
func PrintCost(w io.Writer, cost []agent.StepCost) error {
	const legend = "repeated: calls answered from the turn's own cache, at no cost\n" +
		"shared: prompt tokens that an earlier prompt began with, which a server with a prefix cache reads once\n"
	_, err := io.WriteString(w, "\n"+costTable(cost, Columns(w))+"\n"+legend)
	if err != nil {
		return fmt.Errorf("print the cost: %w", err)
	}
	return nil
}
