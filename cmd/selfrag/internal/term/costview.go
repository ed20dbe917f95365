package term

import (
	"fmt"
	"io"
	"strconv"

	"selfrag/agent"
)

// costColumns are the columns of the table of costs, the widest heading of
// each first. Where the terminal is too narrow, the short ones are taken.
func costColumns() (long, short []string) {
	return []string{"step", "calls", "repeated", "prompt tokens", "shared", "completion tokens", "seconds"},
		[]string{"step", "calls", "rep.", "prompt", "shared", "compl.", "s"}
}

// costTable is what the steps of a turn cost, in at most so many columns where
// the names of the steps allow it.
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

// PrintCost explains the table's words below it.
func PrintCost(w io.Writer, cost []agent.StepCost) error {
	const legend = "repeated: calls answered from the turn's own cache, at no cost\n" +
		"shared: prompt tokens that an earlier prompt began with, which a server with a prefix cache reads once\n"
	_, err := io.WriteString(w, "\n"+costTable(cost, Columns(w))+"\n"+legend)
	if err != nil {
		return fmt.Errorf("print the cost: %w", err)
	}
	return nil
}
