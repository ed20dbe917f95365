package httpapi

// need is what a route asks of its caller.
type need int

const (
	nothing need = iota // anyone
	aKey                // an identity; the Scope decides the rest
)

// cost is what a route takes of the server.
type cost int

const (
	light  cost = iota
	heavy       // a slot: it works with models
	upload      // a slot, and a large body
)

// route is a route of the API. Each is described in openapi.yaml.
type route struct {
	method, path string
	need         need
	cost         cost
	handle       func(s *Server, x *exchange) error
}

func routes() []route {
	return []route{
		{"GET", "/healthz", nothing, light, (*Server).health},
		{"GET", "/readyz", nothing, light, (*Server).readiness},
		{"GET", "/api/v1/openapi.yaml", nothing, light, (*Server).describe},

		{"GET", "/v1/models", aKey, light, (*Server).listModels},
		{"GET", "/v1/models/{model...}", aKey, light, (*Server).getModel},
		{"POST", "/v1/chat/completions", aKey, heavy, (*Server).complete},

		{"POST", "/api/v1/ask", aKey, heavy, (*Server).ask},
		{"POST", "/api/v1/search", aKey, heavy, (*Server).search},
		{"POST", "/api/v1/rerank", aKey, heavy, (*Server).rerank},
		{"GET", "/api/v1/collections", aKey, light, (*Server).listCollections},
		{"GET", "/api/v1/collections/{collection}", aKey, light, (*Server).getCollection},
		{"DELETE", "/api/v1/collections/{collection}", aKey, light, (*Server).deleteCollection},
		{"GET", "/api/v1/collections/{collection}/documents", aKey, light, (*Server).listDocuments},
		{"POST", "/api/v1/collections/{collection}/documents", aKey, upload, (*Server).uploadDocuments},
		{"GET", "/api/v1/collections/{collection}/sources/{source}", aKey, light, (*Server).getSource},
		{"GET", "/api/v1/jobs", aKey, light, (*Server).listJobs},
		{"GET", "/api/v1/jobs/{job}", aKey, light, (*Server).getJob},
		{"DELETE", "/api/v1/jobs/{job}", aKey, light, (*Server).cancelJob},
		{"GET", "/api/v1/jobs/{job}/events", aKey, light, (*Server).watchJob},
		{"GET", "/api/v1/sessions", aKey, light, (*Server).listSessions},
		{"GET", "/api/v1/sessions/{session}", aKey, light, (*Server).getSession},
		{"DELETE", "/api/v1/sessions/{session}", aKey, light, (*Server).deleteSession},
		{"POST", "/api/v1/feedback", aKey, light, (*Server).giveFeedback},
	}
}
