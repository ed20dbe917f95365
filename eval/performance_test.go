package eval

import (
	"math"
	"testing"

	"selfrag/agent"
)

func TestPerform(t *testing.T) {
	var timings []agent.Timings
	for i := range 20 {
		// Not in order: percentiles must sort.
		n := float64((i*7)%20 + 1)
		timings = append(timings, agent.Timings{Embed: n, Search: 3 * n, Rerank: 6 * n, LLM: 90 * n, Total: 100 * n})
	}
	got := Perform(timings)
	want := Performance{
		Queries: 20, Search: 42, Rerank: 63, LLM: 945, Total: 1050, SearchShare: 0.04,
		P50: StageTimes{40, 60, 900, 1000}, P95: StageTimes{76, 114, 1710, 1900},
	}
	if math.Abs(got.SearchShare-want.SearchShare) > 1e-12 {
		t.Errorf("search's share is %v, want %v", got.SearchShare, want.SearchShare)
	}
	got.SearchShare = want.SearchShare
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Perform(nil); got != (Performance{}) {
		t.Errorf("of nothing: %+v", got)
	}
	if got := Perform(timings[3:4]); got.P50 != got.P95 || got.P50.Total != got.Total {
		t.Errorf("of one: %+v", got)
	}
	if got := Perform(make([]agent.Timings, 1)); got.SearchShare != 0 {
		t.Errorf("of no time: %+v", got)
	}
}
