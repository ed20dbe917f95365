package questions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"selfrag/eval"
	"selfrag/internal/atomicfile"
)

// File is a data set under review. Each change is written to the file at once.
// Other fields of a line stay as they are.
type File struct {
	path  string
	mode  os.FileMode
	lines []object
	saved []byte // the content of the file
	undo  []step
}

type step struct {
	line   int
	before object
}

// Item is a question of a File.
type Item struct {
	Question
	Number int // from 0
}

// ErrChanged is returned if another program has changed the file since it was
// opened.
var ErrChanged = errors.New("another program has changed the file meanwhile; open it again")

// ErrNoUndo is returned by Undo if there is nothing to undo.
var ErrNoUndo = errors.New("there is nothing to undo")

// OpenFile opens a data set for review.
func OpenFile(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open the questions: %w", err)
	}
	f := &File{path: path, mode: info.Mode().Perm()}
	if f.saved, err = os.ReadFile(path); err != nil {
		return nil, fmt.Errorf("open the questions: %w", err)
	}
	n := 0
	for line := range bytes.Lines(f.saved) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var q eval.Query
		o, err := parseObject(line)
		if err == nil {
			err = json.Unmarshal(line, &q)
		}
		if err != nil {
			return nil, fmt.Errorf("open the questions: %s, line %d: %w", path, n, err)
		}
		f.lines = append(f.lines, o)
	}
	if len(f.lines) == 0 {
		return nil, fmt.Errorf("open the questions: %s holds none", path)
	}
	return f, nil
}

// Len returns the number of questions, dropped ones included.
func (f *File) Len() int { return len(f.lines) }

// At returns a question.
func (f *File) At(i int) Item {
	line := f.lines[i].bytes()
	var query eval.Query // in any of the layouts
	item := Item{Number: i}
	_ = json.Unmarshal(line, &item.Question) // fields of other layouts stay empty
	if json.Unmarshal(line, &query) == nil {
		item.ID, item.Text, item.Answers, item.Must, item.Review = query.ID, query.Text, query.Answers, query.Must, query.Review
		item.Answerable, item.Language = !query.Unanswerable, query.Language()
	}
	return item
}

// Next returns the number of the first question that nobody has reviewed. It
// searches from i on, and then from the beginning. ok is false if there is none.
func (f *File) Next(i int) (next int, ok bool) {
	for n := range f.lines {
		at := (i + n) % len(f.lines)
		if r := f.At(at).Review; r == "" || r == eval.ReviewOpen {
			return at, true
		}
	}
	return 0, false
}

// Count returns the number of questions in each state of the review. The key ""
// stands for questions that nobody has reviewed.
func (f *File) Count() map[string]int {
	out := map[string]int{}
	for i := range f.lines {
		out[f.At(i).Review]++
	}
	return out
}

// Keep keeps a question. A question without an answer cannot be kept.
func (f *File) Keep(i int) error {
	if q := f.At(i); q.Answerable && len(q.Answers) == 0 && len(q.Must) == 0 {
		return fmt.Errorf("question %s has no answer yet: edit it, or drop it", q.ID)
	}
	return f.set(i, func(o object) (object, error) { return o.with("review", eval.ReviewKept) })
}

// Drop drops a question. Its line stays, and data sets leave it out.
func (f *File) Drop(i int) error {
	return f.set(i, func(o object) (object, error) { return o.with("review", eval.ReviewDropped) })
}

// Edit changes the text and the answers of a question. If there are no answers,
// the question becomes one that the documents do not answer.
func (f *File) Edit(i int, text string, answers []string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("a question needs a text")
	}
	return f.set(i, func(o object) (object, error) {
		was := f.At(i)
		// The layouts call the same fields by different names.
		textKey, answerKey := "text", "answers"
		if o.index("text") < 0 && o.index("question") >= 0 {
			textKey = "question"
		}
		if o.index("golden_answers") >= 0 {
			answerKey = "golden_answers"
		} else if o.index("answers") < 0 && o.index("answer") >= 0 {
			o = o.without("answer")
		}
		if answers == nil {
			answers = []string{}
		}
		fields := []struct {
			key   string
			value any
		}{{textKey, text}, {answerKey, answers}, {"review", eval.ReviewEdited}}
		isAnswerable := len(answers) > 0 || len(was.Must) > 0 && was.Answerable
		if isAnswerable != was.Answerable || o.index("answerable") >= 0 {
			fields = append(fields, struct {
				key   string
				value any
			}{"answerable", isAnswerable})
		}
		// The only look-up of a question asks the question itself.
		if len(was.Hops) == 1 && len(answers) > 0 {
			hop := was.Hops[0]
			hop.Question, hop.Answer = text, answers[0]
			fields = append(fields, struct {
				key   string
				value any
			}{"hops", []Hop{hop}})
		}
		var err error
		for _, v := range fields {
			if o, err = o.with(v.key, v.value); err != nil {
				return nil, err
			}
		}
		return o, nil
	})
}

// Undo takes back the last change and returns the number of its question. It
// returns ErrNoUndo if there is none.
func (f *File) Undo() (int, error) {
	if len(f.undo) == 0 {
		return 0, ErrNoUndo
	}
	last := f.undo[len(f.undo)-1]
	changed := f.lines[last.line]
	f.lines[last.line] = last.before
	if err := f.save(); err != nil {
		f.lines[last.line] = changed
		return 0, err
	}
	f.undo = f.undo[:len(f.undo)-1]
	return last.line, nil
}

// set changes a line and writes the file.
func (f *File) set(i int, change func(object) (object, error)) error {
	before := f.lines[i]
	after, err := change(before)
	if err != nil {
		return err
	}
	f.lines[i] = after
	if err := f.save(); err != nil {
		f.lines[i] = before
		return err
	}
	f.undo = append(f.undo, step{i, before})
	return nil
}

func (f *File) save() error {
	if now, err := os.ReadFile(f.path); err != nil {
		return fmt.Errorf("save the questions: %w", err)
	} else if !bytes.Equal(now, f.saved) {
		return fmt.Errorf("save the questions: %s: %w", f.path, ErrChanged)
	}
	var b bytes.Buffer
	for _, o := range f.lines {
		b.Write(o.bytes())
	}
	if err := atomicfile.WriteMode(f.path, b.Bytes(), f.mode); err != nil {
		return fmt.Errorf("save the questions: %w", err)
	}
	f.saved = b.Bytes()
	return nil
}
