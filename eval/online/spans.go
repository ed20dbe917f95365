package online

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// The attributes that are read from the root span of a turn.
const (
	keyKind       = "openinference.span.kind"
	keyExperiment = "selfrag.trace.metadata.experiment"
	keyArm        = "selfrag.trace.metadata.arm"
	keyUnit       = "selfrag.trace.metadata.unit"
	keyAbstained  = "selfrag.abstained"
	keyCancelled  = "selfrag.cancelled"

	turnKind = "AGENT"
	// failedStatus is OTLP's code for an error.
	failedStatus = 2
)

// resourceSpans is the relevant part of spans in OTLP JSON.
type resourceSpans struct {
	ScopeSpans []struct {
		Spans []span `json:"spans"`
	} `json:"scopeSpans"`
}

type span struct {
	TraceID    string `json:"traceId"`
	Start      nanos  `json:"startTimeUnixNano"`
	End        nanos  `json:"endTimeUnixNano"`
	Attributes []struct {
		Key   string `json:"key"`
		Value struct {
			Text string `json:"stringValue"`
			Bool bool   `json:"boolValue"`
		} `json:"value"`
	} `json:"attributes"`
	Status struct {
		Code int `json:"code"`
	} `json:"status"`
}

// nanos is a time in nanoseconds. In OTLP JSON it is a string, but some
// programs write a number.
type nanos int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *nanos) UnmarshalJSON(b []byte) error {
	text := string(b)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a time in nanoseconds", b)
	}
	*n = nanos(v)
	return nil
}

// spans adds the turns in a batch of spans to the log. It reads only the root
// span of each turn.
func (l *Log) spans(batch []resourceSpans) error {
	var bad error
	for _, resource := range batch {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				bad = errors.Join(bad, l.turn(s))
			}
		}
	}
	return bad
}

func (l *Log) turn(s span) error {
	texts, bools := map[string]string{}, map[string]bool{}
	for _, a := range s.Attributes {
		texts[a.Key], bools[a.Key] = a.Value.Text, a.Value.Bool
	}
	switch {
	case texts[keyKind] != turnKind, texts[keyArm] == "":
		return nil
	case bools[keyCancelled]: // the caller did not wait for the answer
		return nil
	case s.TraceID == "":
		return errors.New("a trace has no id")
	case s.End < s.Start:
		return fmt.Errorf("trace %s ends before it begins", s.TraceID)
	}
	a := l.answer("trace-" + s.TraceID)
	a.Experiment, a.Arm, a.Unit = texts[keyExperiment], texts[keyArm], texts[keyUnit]
	a.Traced, a.Failed, a.Abstained = true, s.Status.Code == failedStatus, bools[keyAbstained]
	a.Took = time.Duration(s.End - s.Start)
	return nil
}
