package main

import (
	"strings"
	"testing"
	"time"
)

func TestCountViewTellsTheTimeLeft(t *testing.T) {
	var b strings.Builder
	v := newCountView(&b, "questions")
	v.show(2, 10)
	v.show(3, 10) // too soon to tell again
	v.begin, v.told = time.Now().Add(-time.Minute), time.Now().Add(-time.Minute)
	v.show(4, 10) // two in a minute, six to go
	v.show(10, 10)
	v.end()
	want := "questions: 2 of 10 were answered before\nquestions: 4 of 10, 3m0s left\nquestions: 10 of 10, 0s left\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
