package eval

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// Log stores the outcomes of a run. It stores them in a file of JSON lines, so
// that an interrupted run can be resumed, or only in memory. A Log is safe for
// concurrent use. Two processes must not use the same file.
type Log struct {
	// Untold lists the keys of the configuration that are missing in the file,
	// because an earlier version of the program created it. The values of these
	// keys are assumed to be the same as now.
	Untold []string

	mu       sync.Mutex
	file     *os.File // nil if in memory
	outcomes map[outcomeKey]Outcome
	judged   map[judgementKey]Judgement
}

type outcomeKey struct{ arm, id string }

type judgementKey struct{ judge, arm, id string }

// header is the first line of a log's file.
type header struct {
	Fingerprint string            `json:"fingerprint"`
	Config      map[string]string `json:"config"`
}

// OtherRunError is the error of OpenLog for a file with a run of another
// configuration.
type OtherRunError struct {
	Path string
	// Differences lists the keys whose values differ, each as "key: VALUE IN
	// THE FILE, not VALUE IN config".
	Differences []string
}

func (e *OtherRunError) Error() string {
	return fmt.Sprintf("%s holds a run of another configuration (%s); name another file, or delete it to begin anew",
		e.Path, strings.Join(e.Differences, "; "))
}

// Fingerprint returns the SHA-256 of a configuration in hexadecimal.
func Fingerprint(config map[string]string) string {
	// A map of strings marshals without error and in the order of its keys.
	b, _ := json.Marshal(config)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Recorded returns the configuration that is stored in the file of a run. It
// returns nil if the configuration cannot be read. In that case OpenLog returns
// the reason as its error.
func Recorded(path string) map[string]string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	var h header
	if err != nil || json.Unmarshal(line, &h) != nil || h.Fingerprint == "" {
		return nil
	}
	return h.Config
}

// OpenLog opens or creates the file of a run. If path is empty, the run is
// stored in memory only. config holds everything that the outcomes depend on.
// If a key has another value in the file, OpenLog returns an OtherRunError.
// Keys that are missing in the file are listed in Untold. OpenLog removes an
// unfinished last line, left by a killed process. Any other broken line is an
// error.
func OpenLog(path string, config map[string]string) (*Log, error) {
	l := &Log{outcomes: map[outcomeKey]Outcome{}, judged: map[judgementKey]Judgement{}}
	if path == "" {
		return l, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the run: %w", err)
	}
	l.file = f
	if err := l.resume(path, config); err != nil {
		_ = f.Close()
		return nil, err
	}
	return l, nil
}

func (l *Log) resume(path string, config map[string]string) error {
	whole, err := l.read(path, config)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(whole); err != nil {
		return fmt.Errorf("remove the unfinished line from %s: %w", path, err)
	}
	if _, err := l.file.Seek(whole, io.SeekStart); err != nil {
		return fmt.Errorf("go on with %s: %w", path, err)
	}
	if whole == 0 {
		return l.write(header{Fingerprint(config), config})
	}
	return nil
}

// read reads the lines of the file and returns the number of bytes in whole
// lines.
func (l *Log) read(path string, config map[string]string) (whole int64, err error) {
	lines := bufio.NewReader(l.file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			// Do not truncate a file that has an unfinished first line and may
			// not be a log.
			if n == 1 && len(line) > 0 && !bytes.HasPrefix(line, []byte(`{"fingerprint":`)) {
				return 0, fmt.Errorf("%s is not a run of this program; name another file", path)
			}
			return whole, nil
		}
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", path, err)
		}
		if n == 1 {
			l.Untold, err = checkHeader(path, line, config)
		} else {
			err = l.take(line)
		}
		if other := (*OtherRunError)(nil); errors.As(err, &other) {
			return 0, err
		} else if err != nil {
			return 0, fmt.Errorf("%s, line %d is not a line of a run: %w; repair it, or name another file", path, n, err)
		}
		whole += int64(len(line))
	}
}

func checkHeader(path string, line []byte, config map[string]string) (untold []string, err error) {
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, err
	}
	if h.Fingerprint == "" {
		return nil, errors.New("it has no fingerprint")
	}
	if h.Fingerprint == Fingerprint(config) {
		return nil, nil
	}
	keys := maps.Clone(h.Config)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, config)
	e := &OtherRunError{Path: path}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		told, ok := h.Config[k]
		switch {
		case !ok:
			untold = append(untold, k)
		case told != config[k]:
			e.Differences = append(e.Differences, fmt.Sprintf("%s: %q, not %q", k, told, config[k]))
		}
	}
	if len(e.Differences) > 0 {
		return nil, e
	}
	return untold, nil
}

// take adds a line of the file to the log. The line is a judgement if it names
// a judge, and an outcome otherwise.
func (l *Log) take(line []byte) error {
	var kind struct{ Judge, Arm, ID string }
	if err := json.Unmarshal(line, &kind); err != nil {
		return err
	}
	if kind.Arm == "" || kind.ID == "" {
		return errors.New(`it has no "arm" or no "id"`)
	}
	if kind.Judge != "" {
		var j Judgement
		err := json.Unmarshal(line, &j)
		l.judged[judgementKey{j.Judge, j.Arm, j.ID}] = j
		return err
	}
	var o Outcome
	err := json.Unmarshal(line, &o)
	l.outcomes[outcomeKey{o.Arm, o.ID}] = o
	return err
}

// Find returns the outcome of an arm on a query, if it exists.
func (l *Log) Find(arm, id string) (Outcome, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o, ok := l.outcomes[outcomeKey{arm, id}]
	return o, ok
}

// Add stores an outcome. When Add returns, the outcome has been written to the
// file.
func (l *Log) Add(o Outcome) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		if err := l.write(o); err != nil {
			return err
		}
	}
	l.outcomes[outcomeKey{o.Arm, o.ID}] = o
	return nil
}

// Judged returns a judge's judgement on an arm's answer to a query, if it
// exists.
func (l *Log) Judged(judge, arm, id string) (Judgement, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j, ok := l.judged[judgementKey{judge, arm, id}]
	return j, ok
}

// AddJudgement stores a judgement. When it returns, the judgement has been
// written to the file.
func (l *Log) AddJudgement(j Judgement) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		if err := l.write(j); err != nil {
			return err
		}
	}
	l.judged[judgementKey{j.Judge, j.Arm, j.ID}] = j
	return nil
}

func (l *Log) write(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write an outcome: %w", err)
	}
	if _, err := l.file.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write an outcome: %w", err)
	}
	return nil
}

// Close closes the file.
func (l *Log) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
