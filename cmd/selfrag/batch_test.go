package main

import "testing"

func TestSummarise(t *testing.T) {
	var timings []searchTimings
	for i := range 20 {
		timings = append(timings, searchTimings{Embed: 1, Search: float64(i), Rerank: 10, Total: float64(i) + 11})
	}
	s := summarise(timings)
	want := batchSummary{
		Queries: 20, Search: 10.5, Rerank: 10, Total: 20.5, SearchShare: 10.5 / 20.5,
		P50: stageTimes{10, 10, 20}, P95: stageTimes{19, 10, 29},
	}
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	if s := summarise(nil); s != (batchSummary{}) {
		t.Errorf("of none: got %+v", s)
	}
	if s := summarise(timings[3:4]); s.P50 != s.P95 || s.P50.Total != s.Total {
		t.Errorf("of one: got %+v", s)
	}
}
