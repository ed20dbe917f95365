package serve

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxStarts is how often a job is begun by processes that then end without a
// word, such as by a crash or for lack of memory, before it is given up: it
// may be the job that ends them, and the others would wait for ever.
const maxStarts = 3

// startsFile has a byte for each start of a job that nothing has become of
// yet. It is apart from the job's own file so that a start is one short write.
func (j *jobs) startsFile(id string) string { return filepath.Join(j.cfg.Dir, id, "starts") }

// starts is how often a job was begun since it last got on.
func (j *jobs) starts(id string) int {
	info, err := os.Stat(j.startsFile(id))
	if err != nil {
		return 0 // none is known of
	}
	return int(info.Size())
}

// started notes a start. Where that cannot be kept, as on a full disk, the job
// is tried all the same.
func (j *jobs) started(id string) {
	out, err := os.OpenFile(j.startsFile(id), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	_, _ = out.Write([]byte{'.'})
	_ = out.Close()
}

// gotOn notes that a job stores documents: only those starts count that it
// had no more of than this one.
func (j *jobs) gotOn(id string) {
	if j.starts(id) > 1 {
		_ = os.Truncate(j.startsFile(id), 1)
	}
}

// returned notes that a start has come to an end, whatever it was.
func (j *jobs) returned(id string) { _ = os.Remove(j.startsFile(id)) }

// tooOften is why a job is given up.
var tooOften = fmt.Sprintf("the server ended %d times while it ingested this upload, and it is not tried again: "+
	"one of its files may end the server. Upload the files one by one to find it", maxStarts)
