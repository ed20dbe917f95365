package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

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

// align writes rows below their heading: the first column to the left, the
// others, which are numbers, to the right.
func align(heading []string, rows [][]string, gap string) string {
	all := append([][]string{heading}, rows...)
	widths := widthsOf(all)
	var b strings.Builder
	for _, row := range all {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if i == 0 {
				b.WriteString(cell + pad)
				continue
			}
			b.WriteString(gap + pad + cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// widthsOf is how many columns of a terminal each column of rows takes.
func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	return widths
}

// alignLeft writes rows of words below their heading.
func alignLeft(heading []string, rows [][]string) string {
	all := append([][]string{heading}, rows...)
	widths := widthsOf(all)
	var b strings.Builder
	for _, row := range all {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// widest is the width of a text's widest line in columns.
func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, uniseg.StringWidth(strings.TrimSuffix(line, "\n")))
	}
	return most
}

// printCost explains the table's words below it.
func printCost(w io.Writer, cost []agent.StepCost) error {
	const legend = "repeated: calls answered from the turn's own cache, at no cost\n" +
		"shared: prompt tokens that an earlier prompt began with, which a server with a prefix cache reads once\n"
	_, err := io.WriteString(w, "\n"+costTable(cost, columnsOf(w))+"\n"+legend)
	if err != nil {
		return fmt.Errorf("print the cost: %w", err)
	}
	return nil
}
