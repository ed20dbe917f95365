package milvus

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/milvus-io/milvus-proto/go-api/v2/commonpb"
	"github.com/milvus-io/milvus-proto/go-api/v2/milvuspb"
	"github.com/milvus-io/milvus-proto/go-api/v2/schemapb"

	"selfrag/retrieval"
)

// The codes of errors that are handled here. Servers have them since 2.3, and
// until 2.6 send an older code beside them, which is all that the SDK reads.
const (
	codeNotReady                = 1
	codeRateLimit               = 8
	codeCollectionNotFound      = 100
	codeCollectionNotLoaded     = 101
	codeCollectionNotFullyLoad  = 103
	codePartitionNotLoaded      = 201
	codePartitionNotFullyLoaded = 202
)

// refusal is an error that a server gave as its answer.
type refusal struct {
	code      int32              // 0: the server gave the old code only
	old       commonpb.ErrorCode //nolint:staticcheck // servers before 2.3 send nothing else; Success: only the new code came
	reason    string
	retriable bool // the server says that the call may succeed later
}

func (r *refusal) Error() string {
	if r.code == 0 {
		return fmt.Sprintf("%s (%s)", r.reason, r.old)
	}
	return fmt.Sprintf("%s (code %d)", r.reason, r.code)
}

func (r *refusal) notReady() bool {
	return r.old == commonpb.ErrorCode_NotReadyServe || r.code == codeNotReady
}

func (r *refusal) rateLimit() bool {
	return r.old == commonpb.ErrorCode_RateLimit || r.code == codeRateLimit
}

// notLoaded also holds for a collection that is being loaded: waiting for that
// is load's part.
func (r *refusal) notLoaded() bool {
	switch r.code {
	case codeCollectionNotLoaded, codeCollectionNotFullyLoad, codePartitionNotLoaded, codePartitionNotFullyLoaded:
		return true
	}
	return strings.Contains(r.reason, "not loaded") || strings.Contains(r.reason, "'released'")
}

func (r *refusal) notFound() bool {
	if r.code == codeCollectionNotFound || r.old == commonpb.ErrorCode_CollectionNotExists {
		return true
	}
	return slices.ContainsFunc([]string{"can't find collection", "collection not found", "does not exist", "collection not exist"},
		func(text string) bool { return strings.Contains(r.reason, text) })
}

// refused returns the error in an answer, a *refusal, or nil.
func refused(reply any) error {
	var answer *commonpb.Status
	switch r := reply.(type) {
	case *commonpb.Status:
		answer = r
	case interface{ GetStatus() *commonpb.Status }:
		answer = r.GetStatus()
	}
	old := answer.GetErrorCode() //nolint:staticcheck // the only code of servers before 2.3
	if old == commonpb.ErrorCode_Success && answer.GetCode() == 0 {
		return nil
	}
	reason := cmp.Or(answer.GetReason(), answer.GetDetail(), "the server gives no reason")
	return &refusal{code: answer.GetCode(), old: old, reason: reason, retriable: answer.GetRetriable()}
}

// explained wraps the errors that callers look for.
func explained(err error) error {
	var r *refusal
	if errors.As(err, &r) && r.notFound() {
		return fmt.Errorf("%w (%w)", retrieval.ErrUnknownCollection, err)
	}
	return err
}

// readable changes an answer so that the SDK can read it. It returns an error
// for an answer that contradicts itself, on which the SDK would panic.
func readable(req, reply any) error {
	switch r := reply.(type) {
	case *milvuspb.DescribeCollectionResponse:
		// Since 2.5 a collection can have fields that writers may leave out, and
		// since 2.6 somebody can add one later. The SDK would insist on them.
		if s := r.GetSchema(); s != nil {
			s.Fields = slices.DeleteFunc(s.Fields, func(f *schemapb.FieldSchema) bool {
				return !f.GetIsPrimaryKey() && (f.GetNullable() || f.GetDefaultValue() != nil || f.GetIsFunctionOutput())
			})
		}
	case *milvuspb.QueryResults:
		asked, _ := req.(*milvuspb.QueryRequest)
		r.FieldsData = wanted(r.GetFieldsData(), asked.GetOutputFields())
		return queried(r, asked.GetOutputFields())
	case *milvuspb.SearchResults:
		asked, _ := req.(*milvuspb.SearchRequest)
		if d := r.GetResults(); d != nil {
			d.FieldsData = wanted(d.GetFieldsData(), asked.GetOutputFields())
			return searched(d)
		}
	}
	return nil
}

// wanted returns the fields that were asked for. Others may be of types that the
// SDK does not know.
func wanted(have []*schemapb.FieldData, names []string) []*schemapb.FieldData {
	return slices.DeleteFunc(have, func(f *schemapb.FieldData) bool { return !slices.Contains(names, f.GetFieldName()) })
}

// queried checks the answer to a query. The SDK takes an answer without fields,
// which means that there are no rows, for an error: it gets empty ones.
func queried(r *milvuspb.QueryResults, names []string) error {
	if len(r.GetFieldsData()) == 0 {
		for _, name := range names {
			r.FieldsData = append(r.FieldsData, &schemapb.FieldData{
				Type: schemapb.DataType_VarChar, FieldName: name,
				Field: &schemapb.FieldData_Scalars{Scalars: &schemapb.ScalarField{
					Data: &schemapb.ScalarField_StringData{StringData: &schemapb.StringArray{}},
				}},
			})
		}
		return nil
	}
	rows := -1
	for _, f := range r.GetFieldsData() {
		n, err := length(f)
		switch {
		case err != nil:
			return err
		case rows >= 0 && n != rows:
			return fmt.Errorf("the server gave %d values of field %s for %d rows", n, f.GetFieldName(), rows)
		}
		rows = n
	}
	return nil
}

// searched checks that there is a score and a value of each field for each hit.
func searched(d *schemapb.SearchResultData) error {
	if int64(len(d.GetTopks())) != d.GetNumQueries() {
		return fmt.Errorf("the server gave %d results for %d queries", len(d.GetTopks()), d.GetNumQueries())
	}
	found := 0
	for _, n := range d.GetTopks() {
		if n < 0 || n > maxK {
			return fmt.Errorf("the server says that it found %d rows", n)
		}
		found += int(n)
	}
	if len(d.GetScores()) < found {
		return fmt.Errorf("the server gave %d scores for %d rows", len(d.GetScores()), found)
	}
	if ids := d.GetIds().GetStrId().GetData(); ids != nil && len(ids) < found {
		return fmt.Errorf("the server gave %d ids for %d rows", len(ids), found)
	}
	for _, f := range d.GetFieldsData() {
		if n, err := length(f); err != nil {
			return err
		} else if n < found {
			return fmt.Errorf("the server gave %d values of field %s for %d rows", n, f.GetFieldName(), found)
		}
	}
	return nil
}

// length returns the number of a field's values. The error names types that this
// package does not ask for.
func length(f *schemapb.FieldData) (int, error) {
	switch f.GetType() {
	case schemapb.DataType_VarChar:
		return len(f.GetScalars().GetStringData().GetData()), nil
	case schemapb.DataType_Int64:
		return len(f.GetScalars().GetLongData().GetData()), nil
	case schemapb.DataType_JSON:
		return len(f.GetScalars().GetJsonData().GetData()), nil
	case schemapb.DataType_FloatVector:
		vectors := f.GetVectors()
		values := len(vectors.GetFloatVector().GetData())
		switch {
		case values == 0 && vectors != nil:
			vectors.Dim = max(vectors.Dim, 1) // the SDK divides by it
			return 0, nil
		case vectors.GetDim() < 1 || int64(values)%vectors.GetDim() != 0:
			return 0, fmt.Errorf("the server gave %d numbers of field %s as vectors of %d", values, f.GetFieldName(), vectors.GetDim())
		}
		return values / int(vectors.GetDim()), nil
	}
	return 0, fmt.Errorf("the server gave field %s as %s", f.GetFieldName(), f.GetType())
}
