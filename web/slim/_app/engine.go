package app

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/errors"
)

// engineX without storage, states and actions.
type engineX struct {
	ctx context.Context

	browser browser

	routes         *router
	internalURLs   []string
	resolveURL     func(string) string
	originPage     *requestPage
	lastVisitedURL *url.URL

	nodes   nodeManager
	updates updateManager
	body    HTMLBody

	dispatches chan func()
	defers     chan func()
	goroutines sync.WaitGroup
}

// requestPage is where the console was opened.
type requestPage struct{ url *url.URL }

func (p *requestPage) URL() *url.URL { return p.url }

// RunWhenOnBrowser starts the console and never returns.
func RunWhenOnBrowser() {
	e := &engineX{
		ctx:            context.Background(),
		routes:         &routes,
		resolveURL:     func(location string) string { return location }, // our addresses are whole
		originPage:     &requestPage{Window().URL()},
		lastVisitedURL: &url.URL{},
		dispatches:     make(chan func(), 4096),
		defers:         make(chan func(), 4096),
	}
	e.browser.HandleEvents(e.baseContext(), e.notifyComponentEvent)
	e.Navigate(Window().URL(), false)
	e.Start(120)
}

func (e *engineX) baseContext() Context {
	return Context{
		Context:               e.ctx,
		resolveURL:            e.resolveURL,
		appUpdatable:          e.browser.AppUpdatable,
		page:                  e.page,
		navigate:              e.Navigate,
		dispatch:              e.dispatch,
		defere:                e.defere,
		async:                 e.async,
		addComponentUpdate:    e.updates.Add,
		removeComponentUpdate: e.updates.Done,
		notifyComponentEvent:  e.nodes.NotifyComponentEvent,
	}
}

func (e *engineX) page() Page { return makeBrowserPage(e.resolveURL) }

func (e *engineX) internalURL(v *url.URL) bool {
	if e.internalURLs == nil {
		e.internalURLs = strings.Fields(Getenv("GOAPP_INTERNAL_URLS"))
	}
	for _, scheme := range e.internalURLs {
		if v.Scheme+":" == scheme {
			return true
		}
	}
	return false
}

func (e *engineX) Load(v Composer) error {
	if e.body == nil {
		body := Body()
		body.setJSElement(Window().Get("document").Get("body"))
		first := Div()
		first.setJSElement(body.JSValue().firstElementChild())
		first.setParent(body)
		body.setBody([]UI{first})
		e.body = body
	}
	body, err := e.nodes.Update(e.baseContext(), e.body, Body().privateBody(v))
	if err != nil {
		return errors.New("updating root failed").Wrap(err)
	}
	e.body = body.(HTMLBody)
	return nil
}

// Start runs what was dispatched, and renders at most so many times a second.
func (e *engineX) Start(framerate int) {
	active := time.Second / time.Duration(framerate)
	frames := time.NewTicker(time.Nanosecond)
	waiting := true
	for {
		select {
		case dispatch := <-e.dispatches:
			if !waiting {
				frames.Reset(active)
				waiting = true
			}
			dispatch()
		case <-frames.C:
			e.processFrame()
			frames.Reset(time.Hour)
			waiting = false
		}
	}
}

func (e *engineX) processFrame() {
	e.updates.UpdateForEach(func(c Composer) {
		if !c.Mounted() {
			return
		}
		if _, err := e.nodes.UpdateComponentRoot(e.baseContext(), c); err != nil {
			panic(errors.New("updating component failed").Wrap(err))
		}
	})
	e.executeDefers()
}
