package term

import (
	"strings"
	"testing"
	"time"
)

func TestCountViewTellsTheTimeLeft(t *testing.T) {
	var b strings.Builder
	v := NewCounting(&b, "questions")
	v.Show(2, 10)
	v.Show(3, 10) // too soon for another line
	v.begin, v.told = time.Now().Add(-time.Minute), time.Now().Add(-time.Minute)
	v.Show(4, 10) // two in a minute, six to go
	v.Show(10, 10)
	v.End()
	want := "questions: 2 of 10 were answered before\nquestions: 4 of 10, 3m0s left\nquestions: 10 of 10, 0s left\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
