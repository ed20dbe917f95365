package milvus

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/milvus-io/milvus-proto/go-api/v2/commonpb"
	"github.com/milvus-io/milvus-proto/go-api/v2/milvuspb"
	"github.com/milvus-io/milvus-proto/go-api/v2/schemapb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// protocolServer is a server in memory that speaks the protocol as Milvus 2.6
// defines it, for the calls that this package makes. It refuses whatever 2.6
// refuses of them.
type protocolServer struct {
	milvuspb.UnimplementedMilvusServiceServer
	speech speech

	mu          sync.Mutex
	collections map[string]*kept
	clock       uint64
	searched    int                           // calls of Search
	faults      map[string][]*commonpb.Status // given as answers to a method's next calls
}

// speech is how a server answers where the protocol leaves a choice.
type speech struct {
	onlyNewCodes bool // without the deprecated ErrorCode, which 2.6 still sends
	noColumns    bool // an empty result has no columns, instead of empty ones
	added        bool // somebody has added fields to every collection
	unasked      bool // columns and parts that nobody asked for, of 2.6's types
}

// kept is a Milvus collection.
type kept struct {
	schema  *schemapb.CollectionSchema
	indexes map[string][]*commonpb.KeyValuePair
	loaded  bool
	rows    map[string]keptRow // by primary key
}

// keptRow holds a string, an int64, a JSON object, a []float32 or a
// map[uint32]float32 for each field.
type keptRow map[string]any

// serveProtocol starts a server and returns its address.
func serveProtocol(t *testing.T, s speech) (*protocolServer, string) {
	t.Helper()
	p := &protocolServer{speech: s, collections: map[string]*kept{}, clock: 1000, faults: map[string][]*commonpb.Status{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	milvuspb.RegisterMilvusServiceServer(server, p)
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(serving.Wait)
	t.Cleanup(server.Stop)
	return p, listener.Addr().String()
}

// fail makes the next calls of a method fail.
func (p *protocolServer) fail(method string, answers ...*commonpb.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[method] = answers
}

// left returns how many failures of a method nobody has got yet.
func (p *protocolServer) left(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.faults[method])
}

// searches returns the number of calls of Search so far.
func (p *protocolServer) searches() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.searched
}

// begin returns the failure that the method is to answer, if any.
func (p *protocolServer) begin(method string) *commonpb.Status {
	if faults := p.faults[method]; len(faults) > 0 {
		p.faults[method] = faults[1:]
		return faults[0]
	}
	return nil
}

// refuse returns an answer with an error.
func (p *protocolServer) refuse(code int32, reason string, args ...any) *commonpb.Status {
	s := &commonpb.Status{Code: code, Reason: fmt.Sprintf(reason, args...), Detail: fmt.Sprintf(reason, args...)}
	if !p.speech.onlyNewCodes {
		old := map[int32]commonpb.ErrorCode{ //nolint:staticcheck // 2.6 sends both
			codeNotReady: commonpb.ErrorCode_NotReadyServe, codeRateLimit: commonpb.ErrorCode_RateLimit,
			codeCollectionNotFound: commonpb.ErrorCode_CollectionNotExists, 700: commonpb.ErrorCode_IndexNotExist,
			1100: commonpb.ErrorCode_IllegalArgument,
		}
		s.ErrorCode = cmp.Or(old[code], commonpb.ErrorCode_UnexpectedError) //nolint:staticcheck // 2.6 sends both
	}
	return s
}

// find returns the collection or the answer that there is none.
func (p *protocolServer) find(name string) (*kept, *commonpb.Status) {
	if c := p.collections[name]; c != nil {
		return c, nil
	}
	return nil, p.refuse(codeCollectionNotFound, "collection not found[database=default][collection=%s]", name)
}

func (p *protocolServer) Connect(context.Context, *milvuspb.ConnectRequest) (*milvuspb.ConnectResponse, error) {
	return &milvuspb.ConnectResponse{Status: &commonpb.Status{}, Identifier: 1, ServerInfo: &commonpb.ServerInfo{BuildTags: "2.6.0", DeployMode: "STANDALONE"}}, nil
}

func (p *protocolServer) GetVersion(context.Context, *milvuspb.GetVersionRequest) (*milvuspb.GetVersionResponse, error) {
	return &milvuspb.GetVersionResponse{Status: &commonpb.Status{}, Version: "2.6.0"}, nil
}

func (p *protocolServer) HasCollection(_ context.Context, r *milvuspb.HasCollectionRequest) (*milvuspb.BoolResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if failure := p.begin("HasCollection"); failure != nil {
		return &milvuspb.BoolResponse{Status: failure}, nil
	}
	return &milvuspb.BoolResponse{Status: &commonpb.Status{}, Value: p.collections[r.GetCollectionName()] != nil}, nil
}

func (p *protocolServer) CreateCollection(_ context.Context, r *milvuspb.CreateCollectionRequest) (*commonpb.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &schemapb.CollectionSchema{}
	if err := proto.Unmarshal(r.GetSchema(), s); err != nil || s.GetName() != r.GetCollectionName() {
		return p.refuse(1100, "the schema of %s is of %s, %v", r.GetCollectionName(), s.GetName(), err), nil
	}
	keys, partitioned := 0, false
	for i, f := range s.GetFields() {
		f.FieldID = int64(100 + i)
		params := pairs(f.GetTypeParams())
		if f.GetIsPrimaryKey() {
			keys++
		}
		partitioned = partitioned || f.GetIsPartitionKey()
		length, _ := strconv.Atoi(params["max_length"])
		dim, _ := strconv.Atoi(params["dim"])
		switch {
		case f.GetDataType() == schemapb.DataType_VarChar && (length < 1 || length > 65535):
			return p.refuse(1100, "the maximum length specified for the field(%s) should be in (0, 65535]", f.GetName()), nil
		case f.GetDataType() == schemapb.DataType_FloatVector && (dim < 2 || dim > 32768):
			return p.refuse(1100, "invalid dimension: %d of field %s", dim, f.GetName()), nil
		case f.GetDataType() == schemapb.DataType_SparseFloatVector && params["dim"] != "":
			return p.refuse(1100, "dim should not be specified for sparse vector field %s", f.GetName()), nil
		}
	}
	if keys != 1 || !partitioned || r.GetNumPartitions() < 1 || r.GetNumPartitions() > 1024 {
		return p.refuse(1100, "%d primary keys, %d partitions", keys, r.GetNumPartitions()), nil
	}
	if p.collections[s.GetName()] == nil {
		if p.speech.added {
			s.Fields = append(s.Fields,
				&schemapb.FieldSchema{FieldID: 900, Name: "added", DataType: schemapb.DataType_VarChar, Nullable: true},
				&schemapb.FieldSchema{FieldID: 901, Name: "scored", DataType: schemapb.DataType_SparseFloatVector, IsFunctionOutput: true},
				&schemapb.FieldSchema{FieldID: 902, Name: "set", DataType: schemapb.DataType_Int64, DefaultValue: &schemapb.ValueField{
					Data: &schemapb.ValueField_LongData{LongData: 1},
				}})
		}
		p.collections[s.GetName()] = &kept{schema: s, indexes: map[string][]*commonpb.KeyValuePair{}, rows: map[string]keptRow{}}
	}
	return &commonpb.Status{}, nil
}

func pairs(list []*commonpb.KeyValuePair) map[string]string {
	m := map[string]string{}
	for _, p := range list {
		m[p.GetKey()] = p.GetValue()
	}
	return m
}

func (p *protocolServer) DescribeCollection(_ context.Context, r *milvuspb.DescribeCollectionRequest) (*milvuspb.DescribeCollectionResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	if failure != nil {
		return &milvuspb.DescribeCollectionResponse{Status: failure}, nil
	}
	return &milvuspb.DescribeCollectionResponse{
		Status: &commonpb.Status{}, Schema: c.schema, CollectionName: r.GetCollectionName(), ShardsNum: 1, DbName: "default",
		ConsistencyLevel: commonpb.ConsistencyLevel_Bounded, UpdateTimestamp: p.clock, UpdateTimestampStr: fmt.Sprint(p.clock),
	}, nil
}

func (p *protocolServer) CreateIndex(_ context.Context, r *milvuspb.CreateIndexRequest) (*commonpb.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	if failure != nil {
		return failure, nil
	}
	params := pairs(r.GetExtraParams())
	f := c.field(r.GetFieldName())
	dense := slices.Contains([]string{"HNSW", "FLAT"}, params["index_type"]) && f.GetDataType() == schemapb.DataType_FloatVector
	sparse := params["index_type"] == "SPARSE_INVERTED_INDEX" && f.GetDataType() == schemapb.DataType_SparseFloatVector
	if !dense && !sparse || params["metric_type"] != "IP" {
		return p.refuse(1100, "invalid index params %v of field %s", params, r.GetFieldName()), nil
	}
	c.indexes[r.GetFieldName()] = r.GetExtraParams()
	return &commonpb.Status{}, nil
}

func (p *protocolServer) DescribeIndex(_ context.Context, r *milvuspb.DescribeIndexRequest) (*milvuspb.DescribeIndexResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	if failure == nil && c.indexes[r.GetFieldName()] == nil {
		failure = p.refuse(700, "index not found[collection=%s]", r.GetCollectionName())
	}
	if failure != nil {
		return &milvuspb.DescribeIndexResponse{Status: failure}, nil
	}
	return &milvuspb.DescribeIndexResponse{Status: &commonpb.Status{}, IndexDescriptions: []*milvuspb.IndexDescription{{
		IndexName: r.GetFieldName(), FieldName: r.GetFieldName(), Params: c.indexes[r.GetFieldName()],
		State: commonpb.IndexState_Finished, MinIndexVersion: 1, MaxIndexVersion: 8,
	}}}, nil
}

func (p *protocolServer) GetLoadState(_ context.Context, r *milvuspb.GetLoadStateRequest) (*milvuspb.GetLoadStateResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	switch {
	case failure != nil:
		return &milvuspb.GetLoadStateResponse{Status: failure, State: commonpb.LoadState_LoadStateNotExist}, nil
	case c.loaded:
		return &milvuspb.GetLoadStateResponse{Status: &commonpb.Status{}, State: commonpb.LoadState_LoadStateLoaded}, nil
	}
	return &milvuspb.GetLoadStateResponse{Status: &commonpb.Status{}, State: commonpb.LoadState_LoadStateNotLoad}, nil
}

func (p *protocolServer) LoadCollection(_ context.Context, r *milvuspb.LoadCollectionRequest) (*commonpb.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	if failure != nil {
		return failure, nil
	}
	for _, f := range c.schema.GetFields() {
		vectors := f.GetDataType() == schemapb.DataType_FloatVector || f.GetDataType() == schemapb.DataType_SparseFloatVector
		if vectors && c.indexes[f.GetName()] == nil && !f.GetIsFunctionOutput() {
			return p.refuse(700, "there is no vector index on field: [%s], please create index firstly", f.GetName()), nil
		}
	}
	c.loaded = true
	return &commonpb.Status{}, nil
}

func (p *protocolServer) GetLoadingProgress(_ context.Context, r *milvuspb.GetLoadingProgressRequest) (*milvuspb.GetLoadingProgressResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, failure := p.find(r.GetCollectionName())
	if failure == nil && !c.loaded {
		failure = p.refuse(codeCollectionNotLoaded, "collection not loaded[collection=%s]", r.GetCollectionName())
	}
	if failure != nil {
		return &milvuspb.GetLoadingProgressResponse{Status: failure}, nil
	}
	return &milvuspb.GetLoadingProgressResponse{Status: &commonpb.Status{}, Progress: 100, RefreshProgress: 100}, nil
}

// release makes the server forget that collections were loaded.
func (p *protocolServer) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range maps.Values(p.collections) {
		c.loaded = false
	}
}

func (c *kept) field(name string) *schemapb.FieldSchema {
	for _, f := range c.schema.GetFields() {
		if f.GetName() == name {
			return f
		}
	}
	return nil
}
