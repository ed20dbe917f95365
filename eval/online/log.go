package online

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Answer holds what was logged about one answer in an experiment.
type Answer struct {
	Experiment, Arm, Unit string
	// Thumb is the latest rating, "up" or "down", or empty if there is none.
	Thumb string
	// Traced says that the trace of the answer was read. The fields below come
	// from the trace.
	Traced    bool
	Failed    bool
	Abstained bool
	Took      time.Duration

	thumbed time.Time
}

// Bad is a line that could not be parsed.
type Bad struct {
	File string
	Line int
	Why  string
}

func (b Bad) String() string { return fmt.Sprintf("%s:%d: %s", b.File, b.Line, b.Why) }

// Log holds the parsed logs of a server. The zero value is empty.
type Log struct {
	// Bad lists the lines that could not be parsed. These lines are ignored.
	Bad []Bad
	// Outside is the number of ratings of answers that belong to no experiment.
	Outside int

	answers map[string]*Answer // by name
}

// Read adds the lines of a file: a feedback log, or traces as OTLP JSON. Lines
// and files may be read in any order. A line or trace that is read twice counts
// once. If an answer has several ratings, the latest counts. The error is an
// error of r.
func (l *Log) Read(file string, r io.Reader) error {
	lines := bufio.NewReaderSize(r, 1<<16)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if why := l.line(line); why != nil {
				l.Bad = append(l.Bad, Bad{file, number, why.Error()})
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read %s: %w", file, err)
		}
	}
}

// feedback is the relevant part of a line of the feedback log.
type feedback struct {
	Time       time.Time `json:"time"`
	Answer     string    `json:"answer"`
	Experiment string    `json:"experiment"`
	Arm        string    `json:"arm"`
	Unit       string    `json:"unit"`
	Thumb      string    `json:"thumb"`
}

func (l *Log) line(text []byte) error {
	var line struct {
		feedback
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return fmt.Errorf("it is not the JSON of feedback or of traces: %w", err)
	}
	switch {
	case line.ResourceSpans != nil:
		return l.spans(line.ResourceSpans)
	case line.Answer == "":
		return errors.New("it is neither feedback nor traces: feedback.jsonl of the data folder and the file of --trace-file are")
	}
	return l.feedback(line.feedback)
}

func (l *Log) feedback(f feedback) error {
	switch {
	case f.Thumb == "": // a vote between two answers
		return nil
	case f.Thumb != "up" && f.Thumb != "down":
		return fmt.Errorf(`the thumb is %q: it must be "up" or "down"`, f.Thumb)
	case f.Arm == "":
		l.Outside++
		return nil
	}
	a := l.answer(f.Answer)
	a.Experiment, a.Arm, a.Unit = f.Experiment, f.Arm, f.Unit
	if a.Thumb == "" || !f.Time.Before(a.thumbed) {
		a.Thumb, a.thumbed = f.Thumb, f.Time
	}
	return nil
}

// answer returns the answer with the given name. It adds the answer if the log
// does not have it. The name is the field "answer" of feedback, such as
// "trace-4bf9".
func (l *Log) answer(name string) *Answer {
	if l.answers == nil {
		l.answers = map[string]*Answer{}
	}
	if l.answers[name] == nil {
		l.answers[name] = &Answer{}
	}
	return l.answers[name]
}

// Experiments returns the names of the experiments in the log.
func (l *Log) Experiments() []string {
	names := map[string]bool{}
	for _, a := range l.answers {
		names[a.Experiment] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Arms returns the arms of an experiment.
func (l *Log) Arms(experiment string) []string {
	names := map[string]bool{}
	for _, a := range l.answers {
		if a.Experiment == experiment {
			names[a.Arm] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// of returns the answers of an arm, grouped by unit. An answer without a unit
// is a unit of its own.
func (l *Log) of(experiment, arm string) map[string][]Answer {
	units := map[string][]Answer{}
	for _, name := range slices.Sorted(maps.Keys(l.answers)) { // a fixed order makes sums reproducible to the last digit
		a := *l.answers[name]
		if a.Experiment != experiment || a.Arm != arm {
			continue
		}
		unit := a.Unit
		if unit == "" {
			unit = name
		}
		units[unit] = append(units[unit], a)
	}
	return units
}
