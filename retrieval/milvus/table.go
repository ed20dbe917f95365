package milvus

// kind is the type of a field's values.
type kind string

const (
	textKind   kind = "text"
	intKind    kind = "int"
	jsonKind   kind = "json"
	vectorKind kind = "vector"
	sparseKind kind = "sparse vector"
)

// consistency says which earlier writes a read must see.
type consistency int

const (
	strong   consistency = iota // those of all processes
	session                     // those of this process that the server gave a time to
	bounded                     // those that are older than staleness
	eventual                    // those that the server has seen by itself
)

// column holds the values of one field, one for each row, in the slice of its
// kind.
type column struct {
	name    string
	kind    kind
	texts   []string
	ints    []int64
	json    [][]byte
	vectors [][]float32 // all of the same length
	sparse  []sparseVector
}

// sparseVector holds the values at some positions; at all others there is 0.
type sparseVector struct {
	positions []uint32
	values    []float32
}

// table is a list of rows by columns. The columns are of equal length.
type table []column

// column returns an empty column if there is none with the given name and kind.
func (t table) column(name string, k kind) column {
	for _, c := range t {
		if c.name == name && c.kind == k {
			return c
		}
	}
	return column{}
}

func (t table) texts(name string) []string { return t.column(name, textKind).texts }

func (t table) ints(name string) []int64 { return t.column(name, intKind).ints }

func (t table) json(name string) [][]byte { return t.column(name, jsonKind).json }

func (t table) vectors(name string) [][]float32 { return t.column(name, vectorKind).vectors }

// ids returns the primary keys of the rows. The query was made with a scope.
func (t table) ids() []rowID {
	var ids []rowID
	for _, id := range t.texts(fieldID) {
		ids = append(ids, rowID{id})
	}
	return ids
}

// nearest asks for the k rows whose field has the largest inner products with a
// vector, for each of the vectors. They are all dense or all sparse.
type nearest struct {
	field  string
	dense  [][]float32
	sparse []sparseVector
	k      int
	ef     int // breadth of the search among dense vectors; at least k
}

// hits are the rows that were found for one vector, best first.
type hits struct {
	scores []float32 // one for each row
	rows   table
}

// textColumn returns a column of one text for each of the rows.
func textColumn[R any](name string, rows []R, of func(R) string) column {
	values := make([]string, len(rows))
	for i, r := range rows {
		values[i] = of(r)
	}
	return column{name: name, kind: textKind, texts: values}
}

// intColumn returns a column of one number for each of the rows.
func intColumn[R any](name string, rows []R, of func(R) int) column {
	values := make([]int64, len(rows))
	for i, r := range rows {
		values[i] = int64(of(r))
	}
	return column{name: name, kind: intKind, ints: values}
}
