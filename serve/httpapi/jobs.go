package httpapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"

	"selfrag/serve"
)

// uploadDocuments handles an upload. The body is a multipart form of files. A
// part named fields holds the fields of the files after it.
func (s *Server) uploadDocuments(x *exchange) error {
	if err := onlyParams(x, "force", "folder"); err != nil {
		return err
	}
	force, err := flag(x, "force")
	if err != nil {
		return err
	}
	folder, err := flag(x, "folder")
	if err != nil {
		return err
	}
	parts, err := x.r.MultipartReader()
	if err != nil {
		return &serve.Error{Kind: serve.Unsupported, Message: "send files as multipart/form-data", Err: err}
	}
	var fields map[string]any
	job, err := x.scope.Upload(x.ctx(), x.collection, func() (serve.Upload, error) {
		for {
			part, err := parts.NextPart()
			switch {
			case errors.Is(err, io.EOF):
				return serve.Upload{}, io.EOF
			case err != nil:
				return serve.Upload{}, malformed(err)
			case part.FormName() == "fields" && part.FileName() == "":
				if fields, err = fieldsOf(part); err != nil {
					return serve.Upload{}, err
				}
				continue
			case part.FormName() != "file" || part.FileName() == "":
				return serve.Upload{}, serve.Wrong("file", `every part must be a file in the field "file", or the fields of the files after it`)
			}
			name := part.FileName()
			if folder {
				name = pathOf(part)
			}
			return serve.Upload{Name: name, Content: formReader{part}, Fields: fields, Force: force, OfFolder: folder}, nil
		}
	})
	if err != nil {
		return err
	}
	x.w.Header().Set("Location", "/api/v1/jobs/"+job.ID)
	return writeJSON(x, http.StatusAccepted, job)
}

// pathOf returns the name of a file in a form as the client sent it.
// multipart.Part.FileName leaves out its folders.
func pathOf(part *multipart.Part) string {
	if _, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition")); err == nil {
		return params["filename"]
	}
	return part.FileName()
}

// maxFieldsBytes is the maximum size in bytes of the fields in an upload. 50 fields
// of the maximum length are smaller.
const maxFieldsBytes = 512 << 10

// fieldsOf reads the fields of files from a part of a form.
func fieldsOf(part io.Reader) (map[string]any, error) {
	content, err := io.ReadAll(io.LimitReader(part, maxFieldsBytes+1))
	if err != nil {
		return nil, malformed(err)
	}
	var fields map[string]any
	if len(content) > maxFieldsBytes || json.Unmarshal(content, &fields) != nil {
		return nil, serve.Wrong("fields", "the fields are not a JSON object of at most %d bytes", maxFieldsBytes)
	}
	return fields, nil
}

// formReader marks errors of reading the form as malformed, to distinguish them
// from errors of the disk.
type formReader struct{ io.Reader }

func (r formReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = malformed(err)
	}
	return n, err
}

func (s *Server) listJobs(x *exchange) error {
	jobs, err := x.scope.Jobs(x.ctx())
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{"jobs": jobs})
}

func (s *Server) getJob(x *exchange) error {
	job, _, err := x.scope.Job(x.ctx(), x.r.PathValue("job"))
	if err != nil {
		return err
	}
	x.collection = job.Collection
	return writeJSON(x, http.StatusOK, job)
}

func (s *Server) cancelJob(x *exchange) error {
	id := x.r.PathValue("job")
	if job, _, err := x.scope.Job(x.ctx(), id); err == nil {
		x.collection = job.Collection
	}
	if err := x.scope.CancelJob(x.ctx(), id); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// watchJob sends the state of a job each time it changes, until the job has
// ended or the key becomes invalid.
func (s *Server) watchJob(x *exchange) error {
	id := x.r.PathValue("job")
	job, changed, err := x.scope.Job(x.ctx(), id)
	if err != nil {
		return err
	}
	x.collection = job.Collection
	out, done := openStream(x, s.cfg.Beat)
	defer done()
	for news := true; ; {
		if news { // the changes of other jobs wake this loop, too
			out.send("job", job)
			news = false
		}
		if job.State.Ended() {
			return nil
		}
		select {
		case <-x.ctx().Done():
			out.send("error", errorBody(x, failureOf(ended(x.ctx()))))
			return nil
		case <-s.drained.Done(): // the job continues, in the next process if necessary
			out.send("error", errorBody(x, failureOf(&serve.Error{Kind: serve.ShuttingDown, Message: "the server is shutting down: ask again for the job"})))
			return nil
		case <-changed:
		}
		last := job
		if job, changed, err = x.scope.Job(x.ctx(), id); err == nil && !reflect.DeepEqual(job, last) {
			news = true
			err = s.identify(x) // the key may have been revoked
		}
		if err != nil {
			out.send("error", errorBody(x, failureOf(err)))
			return nil
		}
	}
}
