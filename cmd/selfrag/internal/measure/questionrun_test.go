package measure

import (
	"testing"

	"selfrag/cmd/selfrag/internal/config"
)

// TestArmsShareAStore checks that two arms share a temporary store only if both
// would make the same one.
func TestArmsShareAStore(t *testing.T) {
	milvus := config.Settings{Store: config.StoreMilvus, MilvusAddress: "one:19530", Embedder: "onnx/a", Split: "none"}
	for _, tc := range []struct {
		what   string
		change func(s *config.Settings)
		same   bool
	}{
		{"nothing", func(*config.Settings) {}, true},
		{"what search does", func(s *config.Settings) { s.K1, s.Strategy, s.Model = 40, "cot", "m" }, true},
		{"another server", func(s *config.Settings) { s.MilvusAddress = "two:19530" }, false},
		{"another tenant", func(s *config.Settings) { s.Tenant = "b" }, false},
		{"another store", func(s *config.Settings) { s.Store = config.StoreSQLite }, false},
		{"another embedder", func(s *config.Settings) { s.Embedder = "onnx/b" }, false},
	} {
		s := milvus
		tc.change(&s)
		if got := madeBy(s) == madeBy(milvus); got != tc.same {
			t.Errorf("%s: shared is %t", tc.what, got)
		}
	}
	a, b := config.Settings{Store: config.StoreSQLite, MilvusAddress: "one"}, config.Settings{Store: config.StoreSQLite, MilvusAddress: "two"}
	if madeBy(a) != madeBy(b) {
		t.Error("SQLite depends on the address of a server")
	}
}
