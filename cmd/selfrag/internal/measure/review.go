package measure

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/eval"
	"selfrag/eval/questions"
)

// Review shows the questions of a file one after another, and keeps, edits or
// drops each as the user says. Every step is saved at once. It ends when every
// question has been reviewed, at the end of the input, or when the user quits. The
// locale, which it reads with getenv, decides between English and Korean.
func Review(ctx context.Context, path string, getenv func(string) string, io term.Streams) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "questions.jsonl")
	}
	file, err := questions.OpenFile(path)
	if err != nil {
		return err
	}
	r := &reviewing{file: file, words: reviewWordsFor(getenv), out: io.Out, lines: readLines(ctx, io.In)}
	err = r.run(ctx)
	fmt.Fprintln(io.Out, r.summary(path))
	return err
}

type reviewing struct {
	file  *questions.File
	words reviewWords
	out   io.Writer
	lines func() (string, error)
}

func (r *reviewing) run(ctx context.Context) error {
	at, ok := r.file.Next(0)
	for ok {
		r.show(at)
		next, err := r.step(at)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, questions.ErrChanged):
			return err
		case err != nil: // the step cannot be done
			fmt.Fprintln(r.out, err)
			continue
		}
		at, ok = next.at, true
		if !next.stay {
			at, ok = r.file.Next(next.at)
		}
	}
	fmt.Fprintln(r.out, r.words.all)
	return nil
}

// place is the question to show next: the one with this number, or the first one from
// there on that nobody has reviewed.
type place struct {
	at   int
	stay bool
}

// step asks what to do with a question and does it.
func (r *reviewing) step(at int) (place, error) {
	fmt.Fprint(r.out, r.words.prompt)
	said, err := r.lines()
	if err != nil {
		return place{}, err
	}
	after := place{at: (at + 1) % r.file.Len()}
	switch strings.ToLower(strings.TrimSpace(said)) {
	case "k", "keep", "ㅏ", "유지":
		return after, r.file.Keep(at)
	case "d", "drop", "ㅇ", "삭제":
		return after, r.file.Drop(at)
	case "e", "edit", "ㄷ", "수정":
		return after, r.edit(at)
	case "u", "undo", "ㅕ", "취소":
		at, err := r.file.Undo()
		if errors.Is(err, questions.ErrNoUndo) {
			err = errors.New(r.words.noUndo)
		}
		return place{at, true}, err
	case "n", "next", "ㅜ", "다음":
		return after, nil
	case "q", "quit", "ㅂ", "종료":
		return place{}, io.EOF
	}
	return place{}, errors.New(r.words.help)
}

// edit asks for a new text and new answers. An empty line keeps the old ones.
func (r *reviewing) edit(at int) error {
	q := r.file.At(at)
	fmt.Fprint(r.out, r.words.newText)
	text, err := r.lines()
	if err != nil {
		return err
	}
	fmt.Fprint(r.out, r.words.newAnswers)
	said, err := r.lines()
	if err != nil {
		return err
	}
	answers := q.Answers
	switch said = strings.TrimSpace(said); said {
	case "":
	case "-":
		answers = nil
	default:
		answers = nil
		for a := range strings.SplitSeq(said, "|") {
			if a = strings.TrimSpace(a); a != "" {
				answers = append(answers, a)
			}
		}
	}
	return r.file.Edit(at, cmp.Or(strings.TrimSpace(text), q.Text), answers)
}

// show prints a question with its answers and the sentences that prove them.
func (r *reviewing) show(at int) {
	q, w := r.file.At(at), r.words
	fmt.Fprintf(r.out, "\n[%d/%d] %s\n", at+1, r.file.Len(), term.OneLine(q.ID))
	fmt.Fprintf(r.out, "%s %s\n", w.question, term.OneLine(q.Text))
	switch {
	case !q.Answerable:
		fmt.Fprintf(r.out, "%s %s\n", w.answer, w.unanswerable)
	case len(q.Answers) > 0:
		fmt.Fprintf(r.out, "%s %s\n", w.answer, term.OneLine(strings.Join(q.Answers, " | ")))
	case len(q.Must) > 0:
		for _, f := range q.Must {
			fmt.Fprintf(r.out, "%s %s\n", w.answer, term.OneLine(strings.Join(f, " | ")))
		}
	default:
		fmt.Fprintf(r.out, "%s %s\n", w.answer, w.open)
	}
	for _, e := range q.Evidence {
		fmt.Fprintf(r.out, "%s %s: %s\n", w.source, term.OneLine(e.Source), term.OneLine(e.Quote))
	}
	if q.Comment != "" {
		fmt.Fprintf(r.out, "%s %s\n", w.comment, term.OneLine(q.Comment))
	}
}

func (r *reviewing) summary(path string) string {
	n := r.file.Count()
	return fmt.Sprintf(r.words.summary, path, n[eval.ReviewKept], n[eval.ReviewEdited], n[eval.ReviewDropped], n[""], n[eval.ReviewOpen])
}

// reviewWords holds the words of the review in one language.
type reviewWords struct {
	question, answer, source, comment string
	unanswerable, open                string
	prompt, newText, newAnswers       string
	help, noUndo, all                 string
	summary                           string // format of the summary, for the file and five numbers
}

// reviewWordsFor returns the words in the language of the user's locale. As in
// POSIX, the locale is the first of LC_ALL, LC_MESSAGES and LANG that is set.
func reviewWordsFor(getenv func(string) string) reviewWords {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))
	if locale == "ko" || strings.HasPrefix(locale, "ko_") || strings.HasPrefix(locale, "ko.") {
		return reviewWords{
			question: "질문:", answer: "답:", source: "근거:", comment: "의견:",
			unanswerable: "문서에 답이 없는 질문", open: "아직 답이 없습니다. 수정(e)으로 답을 적어 주십시오.",
			prompt:  "k 유지, e 수정, d 삭제, u 되돌리기, n 다음, q 종료> ",
			newText: "새 질문(그대로 두려면 Enter)> ", newAnswers: "새 답(여러 개는 |로 구분, 그대로 두려면 Enter, 문서에 답이 없으면 -)> ",
			help: "k, e, d, u, n, q 가운데 하나를 입력해 주십시오.", noUndo: "되돌릴 것이 없습니다.", all: "모든 질문을 검토했습니다.",
			summary: "%s: 유지 %d, 수정 %d, 삭제 %d, 검토 전 %d, 답 없음 %d",
		}
	}
	return reviewWords{
		question: "question:", answer: "answer:", source: "source:", comment: "comment:",
		unanswerable: "the documents do not answer it", open: "none yet: edit (e) the question to give one",
		prompt:  "k keep, e edit, d drop, u undo, n next, q quit> ",
		newText: "question (Enter: as it is)> ", newAnswers: "answers, with | between them (Enter: as they are; -: the documents do not answer it)> ",
		help: "type one of k, e, d, u, n and q", noUndo: "there is nothing to undo", all: "Every question has been reviewed.",
		summary: "%s: %d kept, %d edited, %d dropped, %d not reviewed, %d without an answer",
	}
}

// readLines returns a function that waits for the next line until the context
// ends. The function returns io.EOF at the end of the input.
func readLines(ctx context.Context, in io.Reader) func() (string, error) {
	type line struct {
		text string
		err  error
	}
	read, want := make(chan line), make(chan struct{})
	go func() {
		lines := bufio.NewReader(term.Typed(in))
		for range want {
			text, err := lines.ReadString('\n')
			if text != "" {
				err = nil // the last line may lack a line break
			}
			select {
			case read <- line{strings.TrimRight(text, "\r\n"), err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() (string, error) {
		select {
		case want <- struct{}{}:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		select {
		case l := <-read:
			return l.text, l.err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
