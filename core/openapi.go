package core

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// OpenAPI returns a description of the instance's endpoints in OpenAPI 3.1, as
// JSON: what they take from their inputs' Bind, what they answer from their
// outputs' types, and the tables' columns with everything that plugins and the
// application added. It is made once, when it is first asked for; the caller
// must not change it.
func (k *Kernel) OpenAPI() ([]byte, error) {
	d := k.document
	d.once.Do(func() { d.data, d.err = json.Marshal(k.describe()) })
	return d.data, d.err
}

type lazyDocument struct {
	once sync.Once
	data []byte
	err  error
}

type apiDocument struct {
	OpenAPI    string                              `json:"openapi"`
	Info       apiInfo                             `json:"info"`
	Servers    []apiServer                         `json:"servers,omitempty"`
	Paths      map[string]map[string]*apiOperation `json:"paths"`
	Components apiComponents                       `json:"components"`
}

type apiInfo struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

type apiServer struct {
	URL string `json:"url"`
}

type apiComponents struct {
	Schemas         map[string]*apiSchema        `json:"schemas"`
	SecuritySchemes map[string]map[string]string `json:"securitySchemes"`
}

type apiOperation struct {
	OperationID string                 `json:"operationId"`
	Summary     string                 `json:"summary,omitempty"`
	Tags        []string               `json:"tags,omitempty"`
	Security    []map[string][]string  `json:"security,omitempty"`
	Parameters  []apiParameter         `json:"parameters,omitempty"`
	RequestBody *apiBody               `json:"requestBody,omitempty"`
	Responses   map[string]apiResponse `json:"responses"`
}

type apiParameter struct {
	Name        string     `json:"name"`
	In          string     `json:"in"`
	Description string     `json:"description,omitempty"`
	Required    bool       `json:"required,omitempty"`
	Schema      *apiSchema `json:"schema"`
}

type apiBody struct {
	Required bool                `json:"required,omitempty"`
	Content  map[string]apiMedia `json:"content"`
}

type apiMedia struct {
	Schema *apiSchema `json:"schema"`
}

type apiResponse struct {
	Description string              `json:"description"`
	Content     map[string]apiMedia `json:"content,omitempty"`
}

func (k *Kernel) describe() *apiDocument {
	d := &apiDocument{
		OpenAPI: "3.1.1",
		Info:    apiInfo{k.options.AppName, "Authentication", "1.0.0"},
		Paths:   map[string]map[string]*apiOperation{},
		Components: apiComponents{
			Schemas: map[string]*apiSchema{
				"User": tableSchema(k.tables.Users.Def), "Session": tableSchema(k.tables.Sessions.Def), "Error": k.errorSchema(),
			},
			SecuritySchemes: map[string]map[string]string{
				"sessionCookie": {"type": "apiKey", "in": "cookie", "name": k.cookies.token.plain.name},
			},
		},
	}
	if k.base.fixed != nil {
		d.Servers = []apiServer{{k.base.fixed.full}}
		if k.base.fixed.secure {
			d.Components.SecuritySchemes["sessionCookie"]["name"] = k.cookies.token.secure.name
		}
	}
	for _, e := range k.endpoints {
		if e.op.Hidden || e.op.ServerOnly {
			continue
		}
		d.add(e)
	}
	return d
}

func (d *apiDocument) add(e *endpoint) {
	for i, method := range strings.Split(e.Method, ",") {
		o := describeOperation(e, method)
		if i > 0 {
			o.OperationID += method[:1] + strings.ToLower(method[1:]) // they must differ
		}
		if d.Paths[e.Path] == nil {
			d.Paths[e.Path] = map[string]*apiOperation{}
		}
		d.Paths[e.Path][strings.ToLower(method)] = o
	}
}

func describeOperation(e *endpoint, method string) *apiOperation {
	o := &apiOperation{OperationID: e.ID, Summary: e.op.Summary, Tags: e.op.Tags, Responses: describeResponses(e)}
	if e.op.Session != SessionIgnored {
		o.Security = []map[string][]string{{"sessionCookie": {}}}
	}
	o.Parameters = pathParameters(e)
	for _, p := range e.shape.Query {
		o.Parameters = append(o.Parameters, apiParameter{p.Name, "query", p.Description, p.Required, p.schema()})
	}
	if method == http.MethodGet || len(e.shape.Body) == 0 {
		return o
	}
	body := bodySchema(e.shape.Body)
	o.RequestBody = &apiBody{Required: len(body.Required) > 0, Content: map[string]apiMedia{}}
	types := e.allowed()
	if len(types) == 0 {
		types = []string{typeJSON}
	}
	for _, t := range types {
		o.RequestBody.Content[t] = apiMedia{body}
	}
	return o
}

// pathParameters takes names from the path itself: raw endpoints have no Bind
// to tell them.
func pathParameters(e *endpoint) (parameters []apiParameter) {
	for segment := range strings.SplitSeq(e.Path, "/") {
		if !isParameter(segment) {
			continue
		}
		p := apiParameter{Name: strings.Trim(segment, "{}"), In: "path", Required: true, Schema: &apiSchema{Type: "string"}}
		for _, known := range e.shape.Path {
			if known.Name == p.Name {
				p.Description = known.Description
			}
		}
		parameters = append(parameters, p)
	}
	return parameters
}

func describeResponses(e *endpoint) map[string]apiResponse {
	ok := apiResponse{Description: "Success"}
	if out := e.types[1]; out != nil {
		ok.Content = map[string]apiMedia{typeJSON: {outputSchema(out)}}
	}
	responses := map[string]apiResponse{"200": ok}
	refusals := []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError}
	if e.op.Session != SessionIgnored {
		refusals = append(refusals, http.StatusUnauthorized)
	}
	if e.Method != http.MethodGet || e.op.Session == SessionFresh {
		refusals = append(refusals, http.StatusForbidden)
	}
	for _, status := range refusals {
		r := apiResponse{Description: http.StatusText(status)}
		if status != http.StatusInternalServerError {
			r.Content = map[string]apiMedia{typeJSON: {&apiSchema{Ref: "#/components/schemas/Error"}}}
		}
		responses[strconv.Itoa(status)] = r
	}
	return responses
}
