package milvus

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/milvus-io/milvus-proto/go-api/v2/commonpb"
	"github.com/milvus-io/milvus-proto/go-api/v2/milvuspb"
	"github.com/milvus-io/milvus-proto/go-api/v2/schemapb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

func (p *protocolServer) Insert(_ context.Context, r *milvuspb.InsertRequest) (*milvuspb.MutationResult, error) {
	return p.write("Insert", r.GetCollectionName(), r.GetFieldsData(), int(r.GetNumRows())), nil
}

func (p *protocolServer) Upsert(_ context.Context, r *milvuspb.UpsertRequest) (*milvuspb.MutationResult, error) {
	return p.write("Upsert", r.GetCollectionName(), r.GetFieldsData(), int(r.GetNumRows())), nil
}

func (p *protocolServer) write(method, name string, data []*schemapb.FieldData, n int) *milvuspb.MutationResult {
	p.mu.Lock()
	defer p.mu.Unlock()
	if failure := p.begin(method); failure != nil {
		return &milvuspb.MutationResult{Status: failure}
	}
	c, failure := p.find(name)
	if failure != nil {
		return &milvuspb.MutationResult{Status: failure}
	}
	rows := make([]keptRow, n)
	for i := range rows {
		rows[i] = keptRow{}
	}
	for _, d := range data {
		f := c.field(d.GetFieldName())
		values, err := valuesOf(d)
		if err == nil && (f == nil || f.GetDataType() != d.GetType() || len(values) != n) {
			err = fmt.Errorf("%d values of %s for %d rows", len(values), d.GetType(), n)
		}
		for i := range min(n, len(values)) {
			text, isText := values[i].(string)
			limit, _ := strconv.Atoi(pairs(f.GetTypeParams())["max_length"])
			if isText && (len(text) > limit || !utf8.ValidString(text)) {
				err = fmt.Errorf("length of varchar field exceeds max length %d", limit)
			}
			rows[i][d.GetFieldName()] = values[i]
		}
		if err != nil {
			return &milvuspb.MutationResult{Status: p.refuse(1100, "field %s: %v", d.GetFieldName(), err)}
		}
	}
	var ids []string
	for _, row := range rows {
		for _, f := range c.schema.GetFields() {
			if row[f.GetName()] == nil && !f.GetNullable() && !f.GetIsFunctionOutput() && f.GetDefaultValue() == nil {
				return &milvuspb.MutationResult{Status: p.refuse(1100, "fieldSchema(%s) has no corresponding fieldData pass in", f.GetName())}
			}
		}
		id, _ := row["id"].(string)
		ids = append(ids, id)
		c.rows[id] = row
	}
	p.clock++
	return &milvuspb.MutationResult{Status: &commonpb.Status{}, IDs: textIDs(ids), UpsertCnt: int64(n), Timestamp: p.clock}
}

func textIDs(ids []string) *schemapb.IDs {
	return &schemapb.IDs{IdField: &schemapb.IDs_StrId{StrId: &schemapb.StringArray{Data: ids}}}
}

// valuesOf returns the values of a column as keptRow holds them.
func valuesOf(d *schemapb.FieldData) ([]any, error) {
	var values []any
	switch d.GetType() {
	case schemapb.DataType_VarChar:
		for _, v := range d.GetScalars().GetStringData().GetData() {
			values = append(values, v)
		}
	case schemapb.DataType_Int64:
		for _, v := range d.GetScalars().GetLongData().GetData() {
			values = append(values, v)
		}
	case schemapb.DataType_JSON:
		for _, v := range d.GetScalars().GetJsonData().GetData() {
			var object map[string]any
			if err := json.Unmarshal(v, &object); err != nil {
				return nil, err
			}
			values = append(values, object)
		}
	case schemapb.DataType_FloatVector:
		all, dim := d.GetVectors().GetFloatVector().GetData(), int(d.GetVectors().GetDim())
		for v := range slices.Chunk(all, dim) {
			values = append(values, slices.Clone(v))
		}
	case schemapb.DataType_SparseFloatVector:
		for _, v := range d.GetVectors().GetSparseFloatVector().GetContents() {
			values = append(values, sparseOf(v))
		}
	default:
		return nil, fmt.Errorf("type %s", d.GetType())
	}
	return values, nil
}

func (p *protocolServer) Delete(_ context.Context, r *milvuspb.DeleteRequest) (*milvuspb.MutationResult, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, found, failure := p.matching("Delete", r.GetCollectionName(), r.GetExpr())
	if failure != nil {
		return &milvuspb.MutationResult{Status: failure}, nil
	}
	for _, row := range found {
		id, _ := row["id"].(string)
		delete(c.rows, id)
	}
	p.clock++
	return &milvuspb.MutationResult{Status: &commonpb.Status{}, DeleteCnt: int64(len(found)), Timestamp: p.clock}, nil
}

// matching returns the rows of a loaded collection that an expression selects, in
// the order of their keys.
func (p *protocolServer) matching(method, name, expr string) (*kept, []keptRow, *commonpb.Status) {
	if failure := p.begin(method); failure != nil {
		return nil, nil, failure
	}
	c, failure := p.find(name)
	if failure != nil {
		return nil, nil, failure
	}
	if !c.loaded {
		return nil, nil, p.refuse(codeCollectionNotLoaded, "collection not loaded[collection=%s]", name)
	}
	holds, err := parseExpression(expr, c.schema)
	if err != nil {
		return nil, nil, p.refuse(1100, "failed to create query plan: cannot parse expression: %.200s, error: %v", expr, err)
	}
	var found []keptRow
	for _, id := range slices.Sorted(maps.Keys(c.rows)) {
		if row := c.rows[id]; holds(row) {
			found = append(found, row)
		}
	}
	return c, found, nil
}

func (p *protocolServer) Query(_ context.Context, r *milvuspb.QueryRequest) (*milvuspb.QueryResults, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, found, failure := p.matching("Query", r.GetCollectionName(), r.GetExpr())
	if failure != nil {
		return &milvuspb.QueryResults{Status: failure}, nil
	}
	answer := &milvuspb.QueryResults{Status: &commonpb.Status{}, PrimaryFieldName: "id", SessionTs: p.clock, OutputFields: r.GetOutputFields()}
	if slices.Equal(r.GetOutputFields(), []string{"count(*)"}) {
		answer.FieldsData = []*schemapb.FieldData{columnData(&schemapb.FieldSchema{Name: "count(*)", DataType: schemapb.DataType_Int64},
			[]keptRow{{"count(*)": int64(len(found))}})}
		return answer, nil
	}
	if len(found) > 0 || !p.speech.noColumns {
		answer.FieldsData = p.columnsData(c, r.GetOutputFields(), found)
	}
	return answer, nil
}

// columnsData returns the columns that were asked for.
func (p *protocolServer) columnsData(c *kept, names []string, rows []keptRow) []*schemapb.FieldData {
	var data []*schemapb.FieldData
	if p.speech.unasked {
		data = append(data, &schemapb.FieldData{Type: schemapb.DataType_Int8Vector, FieldName: "small", ValidData: make([]bool, len(rows))})
	}
	for _, name := range names {
		if f := c.field(name); f != nil {
			data = append(data, columnData(f, rows))
		}
	}
	return data
}

func columnData(f *schemapb.FieldSchema, rows []keptRow) *schemapb.FieldData {
	d := &schemapb.FieldData{Type: f.GetDataType(), FieldName: f.GetName(), FieldId: f.GetFieldID()}
	scalars := func(s *schemapb.ScalarField) { d.Field = &schemapb.FieldData_Scalars{Scalars: s} }
	switch f.GetDataType() {
	case schemapb.DataType_VarChar:
		scalars(&schemapb.ScalarField{Data: &schemapb.ScalarField_StringData{StringData: &schemapb.StringArray{Data: cells[string](f, rows)}}})
	case schemapb.DataType_Int64:
		scalars(&schemapb.ScalarField{Data: &schemapb.ScalarField_LongData{LongData: &schemapb.LongArray{Data: cells[int64](f, rows)}}})
	case schemapb.DataType_JSON:
		objects := make([][]byte, len(rows))
		for i, v := range cells[map[string]any](f, rows) {
			objects[i], _ = json.Marshal(v) // it came as JSON
		}
		scalars(&schemapb.ScalarField{Data: &schemapb.ScalarField_JsonData{JsonData: &schemapb.JSONArray{Data: objects}}})
	case schemapb.DataType_FloatVector:
		dim, _ := strconv.ParseInt(pairs(f.GetTypeParams())["dim"], 10, 64)
		d.Field = &schemapb.FieldData_Vectors{Vectors: &schemapb.VectorField{Dim: dim, Data: &schemapb.VectorField_FloatVector{
			FloatVector: &schemapb.FloatArray{Data: slices.Concat(cells[[]float32](f, rows)...)},
		}}}
	}
	return d
}

func cells[T any](f *schemapb.FieldSchema, rows []keptRow) []T {
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i], _ = row[f.GetName()].(T)
	}
	return values
}

func (p *protocolServer) Search(_ context.Context, r *milvuspb.SearchRequest) (*milvuspb.SearchResults, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.searched++
	c, rows, failure := p.matching("Search", r.GetCollectionName(), r.GetDsl())
	if failure != nil {
		return &milvuspb.SearchResults{Status: failure}, nil
	}
	params := pairs(r.GetSearchParams())
	var tuned struct{ Ef int }
	k, err := strconv.Atoi(params["topk"])
	if err == nil {
		err = json.Unmarshal([]byte(params["params"]), &tuned)
	}
	group := &commonpb.PlaceholderGroup{}
	if err == nil {
		err = proto.Unmarshal(r.GetPlaceholderGroup(), group)
	}
	field := params["anns_field"]
	index := pairs(c.indexes[field])["index_type"]
	switch {
	case err != nil || len(group.GetPlaceholders()) != 1 || int(r.GetNq()) != len(group.GetPlaceholders()[0].GetValues()):
		return &milvuspb.SearchResults{Status: p.refuse(1100, "invalid request: %v", err)}, nil
	case k < 1 || k > maxK || r.GetNq() < 1 || r.GetNq() > maxK:
		return &milvuspb.SearchResults{Status: p.refuse(1100, "topk [%d] is invalid, it should be in range [1, 16384]", k)}, nil
	case index == "" || params["metric_type"] != "IP":
		return &milvuspb.SearchResults{Status: p.refuse(1100, "metric type not match: invalid parameter[expected=IP][actual=%s]", params["metric_type"])}, nil
	case index == "HNSW" && tuned.Ef < k:
		return &milvuspb.SearchResults{Status: p.refuse(1100, "ef(%d) should be larger than k(%d)", tuned.Ef, k)}, nil
	}
	d := &schemapb.SearchResultData{NumQueries: r.GetNq(), TopK: int64(k), PrimaryFieldName: "id", OutputFields: r.GetOutputFields(), AllSearchCount: int64(len(rows))}
	var all []keptRow
	for _, value := range group.GetPlaceholders()[0].GetValues() {
		hit, scores := rankRows(rows, field, value)
		n := min(k, len(hit))
		d.Topks, d.Scores, all = append(d.Topks, int64(n)), append(d.Scores, scores[:n]...), append(all, hit[:n]...)
	}
	d.Ids = textIDs(cells[string](&schemapb.FieldSchema{Name: "id"}, all))
	if len(all) > 0 || !p.speech.noColumns {
		d.FieldsData = p.columnsData(c, r.GetOutputFields(), all)
	}
	if p.speech.unasked {
		// The highlights and indices of elements of 2.6.
		d.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 14, protowire.BytesType), []byte{10, 1, 'x'}))
		d.Recalls = []float32{1}
	}
	return &milvuspb.SearchResults{Status: &commonpb.Status{}, Results: d, CollectionName: r.GetCollectionName(), SessionTs: p.clock}, nil
}
