package serve

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxStarts is the number of starts after which a job is given up, if the
// process ended during each of them, by a crash or for lack of memory. The job
// itself may be the cause. Without the limit it would end each new process, and
// the other jobs would wait for ever.
const maxStarts = 3

// startsFile returns the path of a file that counts the starts of a job since
// the job last stored a document. The file has one byte for each start. It is
// separate from the job's own file so that noting a start is one short write.
func (j *jobs) startsFile(id string) string { return filepath.Join(j.cfg.Dir, id, "starts") }

// starts returns the number of starts of a job since the job last stored a
// document.
func (j *jobs) starts(id string) int {
	info, err := os.Stat(j.startsFile(id))
	if err != nil {
		return 0 // no start is recorded
	}
	return int(info.Size())
}

// started records a start. If that fails, for example on a full disk, the job
// runs anyway.
func (j *jobs) started(id string) {
	out, err := os.OpenFile(j.startsFile(id), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	_, _ = out.Write([]byte{'.'})
	_ = out.Close()
}

// gotOn resets the number of starts to one. It is called when the job has
// stored a document.
func (j *jobs) gotOn(id string) {
	if j.starts(id) > 1 {
		_ = os.Truncate(j.startsFile(id), 1)
	}
}

// returned removes the record of starts. It is called when a run of the job
// ends and the process still runs.
func (j *jobs) returned(id string) { _ = os.Remove(j.startsFile(id)) }

// tooOften is the reason that an uploader sees for a job that was given up.
var tooOften = fmt.Sprintf("the server ended %d times while it ingested this upload, and it is not tried again: "+
	"one of its files may end the server. Upload the files one by one to find it", maxStarts)
