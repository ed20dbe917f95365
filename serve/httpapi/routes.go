package httpapi

// need is what the caller of a route must have.
type need int

const (
	nothing need = iota // any caller
	aKey                // a key; the Scope checks what the key allows
)

// cost says which of the limited resources of the server a route uses.
type cost int

const (
	light   cost = iota // none
	heavy               // a slot, because the route works with models
	upload              // a slot for uploads, and a large body
	drawing             // a slot for pages, because the route takes much memory
)

// route is a route of the API. openapi.yaml describes all routes.
type route struct {
	method, path string
	need         need
	cost         cost
	handle       func(s *Server, x *exchange) error
	long         bool // the route has no time limit
	asking       bool // a key that may only ask may use the route, also from pages of its origins
}

// Routes returns the routes of the server, each as "METHOD /path" in the syntax
// of http.ServeMux.
func Routes() []string {
	var out []string
	for _, r := range routes() {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

func routes() []route {
	return []route{
		{method: "GET", path: "/healthz", need: nothing, cost: light, handle: (*Server).health},
		{method: "GET", path: "/readyz", need: nothing, cost: light, handle: (*Server).readiness},
		{method: "GET", path: "/api/v1/openapi.yaml", need: nothing, cost: light, handle: (*Server).describe},

		{method: "GET", path: "/v1/models", need: aKey, cost: light, handle: (*Server).listModels},
		{method: "GET", path: "/v1/models/{model...}", need: aKey, cost: light, handle: (*Server).getModel},
		{method: "POST", path: "/v1/chat/completions", need: aKey, cost: heavy, handle: (*Server).complete},

		{method: "POST", path: "/api/v1/ask", need: aKey, cost: heavy, handle: (*Server).ask, asking: true},
		{method: "POST", path: "/api/v1/search", need: aKey, cost: heavy, handle: (*Server).search},
		{method: "POST", path: "/api/v1/rerank", need: aKey, cost: heavy, handle: (*Server).rerank},
		{method: "GET", path: "/api/v1/collections", need: aKey, cost: light, handle: (*Server).listCollections},
		{method: "GET", path: "/api/v1/collections/{collection}", need: aKey, cost: light, handle: (*Server).getCollection},
		{method: "DELETE", path: "/api/v1/collections/{collection}", need: aKey, cost: light, handle: (*Server).deleteCollection},
		{method: "PATCH", path: "/api/v1/collections/{collection}", need: aKey, cost: light, handle: (*Server).renameCollection},
		{method: "GET", path: "/api/v1/collections/{collection}/documents", need: aKey, cost: light, handle: (*Server).listDocuments},
		{method: "POST", path: "/api/v1/collections/{collection}/documents", need: aKey, cost: upload, handle: (*Server).uploadDocuments},
		{method: "GET", path: "/api/v1/collections/{collection}/documents/{source}", need: aKey, cost: light, handle: (*Server).getDocument},
		{method: "PATCH", path: "/api/v1/collections/{collection}/documents/{source}", need: aKey, cost: light, handle: (*Server).renameDocument},
		{method: "DELETE", path: "/api/v1/collections/{collection}/documents/{source}", need: aKey, cost: light, handle: (*Server).removeDocument},
		{method: "GET", path: "/api/v1/collections/{collection}/documents/{source}/pages/{page}", need: aKey, cost: drawing, handle: (*Server).getPage},
		{method: "GET", path: "/api/v1/collections/{collection}/documents/{source}/pages/{page}/marks", need: aKey, cost: drawing, handle: (*Server).getPageMarks},
		{method: "GET", path: "/api/v1/collections/{collection}/questions", need: aKey, cost: light, handle: (*Server).listQuestions},
		{method: "GET", path: "/api/v1/collections/{collection}/sources/{source}", need: aKey, cost: light, handle: (*Server).getSource},
		{method: "GET", path: "/api/v1/jobs", need: aKey, cost: light, handle: (*Server).listJobs},
		{method: "GET", path: "/api/v1/jobs/{job}", need: aKey, cost: light, handle: (*Server).getJob},
		{method: "DELETE", path: "/api/v1/jobs/{job}", need: aKey, cost: light, handle: (*Server).cancelJob},
		{method: "GET", path: "/api/v1/jobs/{job}/events", need: aKey, cost: light, handle: (*Server).watchJob, long: true},
		{method: "GET", path: "/api/v1/sources", need: aKey, cost: light, handle: (*Server).listKeptSources},
		{method: "GET", path: "/api/v1/sources/{name}", need: aKey, cost: light, handle: (*Server).getKeptSource},
		{method: "POST", path: "/api/v1/sources/{name}/sync", need: aKey, cost: light, handle: (*Server).syncKeptSource},
		{method: "GET", path: "/api/v1/sessions", need: aKey, cost: light, handle: (*Server).listSessions},
		{method: "GET", path: "/api/v1/sessions/{session}", need: aKey, cost: light, handle: (*Server).getSession},
		{method: "GET", path: "/api/v1/sessions/{session}/export", need: aKey, cost: light, handle: (*Server).exportSession},
		{method: "DELETE", path: "/api/v1/sessions/{session}", need: aKey, cost: light, handle: (*Server).deleteSession},
		{method: "POST", path: "/api/v1/feedback", need: aKey, cost: light, handle: (*Server).giveFeedback, asking: true},
	}
}
