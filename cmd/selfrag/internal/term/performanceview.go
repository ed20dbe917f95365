package term

import (
	"fmt"
	"io"

	"selfrag/eval"
)

// PrintPerformance prints the times of searches or questions, by stage.
func PrintPerformance(w io.Writer, p eval.Performance, what string) error {
	rows := []struct {
		name           string
		mean, p50, p95 float64
	}{
		{"search", p.Search, p.P50.Search, p.P95.Search},
		{"rerank", p.Rerank, p.P50.Rerank, p.P95.Rerank},
		{"model", p.LLM, p.P50.LLM, p.P95.LLM},
		{"total", p.Total, p.P50.Total, p.P95.Total},
	}
	if p.LLM == 0 {
		rows = append(rows[:2], rows[3])
	}
	fmt.Fprintf(w, "%d %s; search is %.0f%% of the total\n", p.Queries, what, 100*p.SearchShare)
	_, err := fmt.Fprintf(w, "%8s %10s %10s %10s\n", "ms", "average", "p50", "p95")
	for _, row := range rows {
		_, err = fmt.Fprintf(w, "%8s %10.1f %10.1f %10.1f\n", row.name, row.mean, row.p50, row.p95)
	}
	if err != nil {
		return fmt.Errorf("print the times: %w", err)
	}
	return nil
}
