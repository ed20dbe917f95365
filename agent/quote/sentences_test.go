package quote

import (
	"testing"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

func TestRowsAreShownWithTheirHeadings(t *testing.T) {
	for _, tc := range []struct {
		s    evidence.Sentence
		want string
	}{
		{evidence.Sentence{Text: "| 제주 | 20만 원 |", Heading: "출장비 > 지역 한도"}, "출장비 > 지역 한도: 제주 | 20만 원"},
		{evidence.Sentence{Text: "|Jeju|200,000|"}, "Jeju | 200,000"},
		{evidence.Sentence{Text: "Office: Jeju\nLimit: 200,000", Heading: "Travel", Metadata: map[string]any{retrieval.Row: 3.0}}, "Travel: Office: Jeju; Limit: 200,000"},
		{evidence.Sentence{Text: "2. Ask your lead\n   first", Heading: "Leave"}, "Ask your lead first"},
		{evidence.Sentence{Text: "2026. 3. 1. 부터 시행한다."}, "2026. 3. 1. 부터 시행한다."},
	} {
		if got := Shown(tc.s); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}
