package measure

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/eval"
	"selfrag/eval/questions"
	"selfrag/fault"
	"selfrag/serve"
	"selfrag/session"
)

// FromFeedback holds the options of the command eval from-feedback.
type FromFeedback struct {
	out  string
	root string
}

// AddFlags declares the flags of the options.
func (o *FromFeedback) AddFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.out, "out", "", "`FILE` for the questions, a JSON line each")
	flags.StringVar(&o.root, "root", "", "folder `DIR`: name the documents by their paths in it, as --corpus DIR of eval qa does")
}

// Run writes a data set from the thumbs in the feedback logs. If logs is empty, it
// reads the log of the data folder. The answers come from the sessions of the data
// folder.
func (o *FromFeedback) Run(s config.Settings, io term.Streams, logs []string) error {
	if o.out == "" {
		return fault.Usage(errors.New("from-feedback: name the file for the questions with --out FILE"))
	}
	if len(logs) == 0 {
		logs = []string{filepath.Join(s.DataDir, "feedback.jsonl")}
	}
	var thumbs []questions.Thumb
	for _, path := range logs {
		some, err := readThumbs(io, path)
		if err != nil {
			return err
		}
		thumbs = append(thumbs, some...)
	}
	answers, err := answersOf(s, io, thumbs)
	if err != nil {
		return err
	}
	relative := MakeQuestions{corpus: o.root}
	made, lost := questions.FromFeedback(thumbs, func(t questions.Thumb) (agent.Answer, bool) {
		a, ok := answers[t.Tenant][t.Answer]
		return a, ok
	}, relative.sourceID)
	if lost > 0 {
		fmt.Fprintf(io.Err, "%d of %d thumbs were left out: no session holds their answers; only questions that are asked in a session are kept\n", lost, len(thumbs))
	}
	if len(made) == 0 {
		return fmt.Errorf("no question to write: %d thumbs in %d files, none on an answer of a session in %s", len(thumbs), len(logs), s.DataDir)
	}
	// The questions of people, in all tenants, are as private as the sessions.
	if err := writeNew(o.out, made, 0o600); err != nil {
		return err
	}
	open := 0
	for _, q := range made {
		if q.Review == eval.ReviewOpen {
			open++
		}
	}
	_, err = fmt.Fprintf(io.Out, "%d questions in %s, %d of them without an answer\nLook through them with `selfrag eval review %s`.\n", len(made), o.out, open, o.out)
	return err
}

func readThumbs(io term.Streams, path string) ([]questions.Thumb, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the feedback: %w", err)
	}
	defer f.Close()
	thumbs, bad, err := questions.ReadThumbs(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, n := range bad {
		if i == shownBad {
			fmt.Fprintf(io.Err, "… and %d more lines that are not feedback\n", len(bad)-i)
			break
		}
		fmt.Fprintf(io.Err, "%s:%d: it is not the JSON of feedback; the line is left out\n", path, n)
	}
	return thumbs, nil
}

// answersOf returns the answers of the sessions by tenant and by the name of the
// answer in feedback.
func answersOf(s config.Settings, io term.Streams, thumbs []questions.Thumb) (map[string]map[string]agent.Answer, error) {
	out := map[string]map[string]agent.Answer{}
	for _, t := range thumbs {
		if out[t.Tenant] != nil {
			continue
		}
		named := map[string]agent.Answer{}
		out[t.Tenant] = named
		s.Tenant = t.Tenant
		store := session.In(s.SessionsDir())
		list, err := store.List()
		if err != nil {
			return nil, fmt.Errorf("read the sessions: %w", err)
		}
		for _, info := range list {
			if info.Problem != "" {
				fmt.Fprintf(io.Err, "session %s is left out: %s\n", info.Name, info.Problem)
				continue
			}
			_, kept, _, err := store.Open(info.Name)
			if err != nil {
				return nil, fmt.Errorf("read session %s: %w", info.Name, err)
			}
			for _, turn := range kept.Turns {
				name, err := serve.AnswerName(turn.Answer)
				if err != nil {
					return nil, err
				}
				named[name] = turn.Answer
			}
		}
	}
	return out, nil
}
