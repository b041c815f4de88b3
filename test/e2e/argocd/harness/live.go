package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	appsets "github.com/argoproj/argo-cd/v3/applicationset/controllers"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/metrics"
	"github.com/argoproj/argo-cd/v3/applicationset/services"
	appsetutils "github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/controller"
	"github.com/argoproj/argo-cd/v3/controller/sharding"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	appclientset "github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	utilcache "github.com/argoproj/argo-cd/v3/util/cache"
	"github.com/argoproj/argo-cd/v3/util/cache/appstate"
	"github.com/argoproj/argo-cd/v3/util/db"
	"github.com/argoproj/argo-cd/v3/util/kube"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	kubescheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

type liveRequest struct {
	Folder    string `json:"folder"`
	Namespace string `json:"namespace"`
	GitDir    string `json:"gitDir"`
	// Of the cluster that Argo CD runs on.
	Kubeconfig string `json:"kubeconfig"`
}

// live runs Argo CD's controllers on real API servers until it is killed, as their commands do with default flags.
func live(ctx context.Context, asked liveRequest) error {
	config, err := clientcmd.BuildConfigFromFlags("", asked.Kubeconfig)
	if err != nil {
		return err
	}
	if err := v1alpha1.SetK8SConfigDefaults(config); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	apps, err := appclientset.NewForConfig(config)
	if err != nil {
		return err
	}
	repos, err := startRepoServer(filepath.Join(asked.Folder, "clones"), asked.GitDir)
	if err != nil {
		return err
	}

	var applications *controller.ApplicationController
	manager := settings.NewSettingsManager(ctx, client, asked.Namespace, settings.WithRepoOrClusterChangedHandler(func() {
		if applications != nil {
			applications.InvalidateProjectsCache()
		}
	}))
	shards, err := sharding.GetClusterSharding(client, manager, "legacy", false)
	if err != nil {
		return err
	}
	applications, err = controller.NewApplicationController(
		asked.Namespace, manager, client, apps, repos, nil,
		appstate.NewCache(utilcache.NewCache(utilcache.NewInMemoryCache(24*time.Hour)), time.Hour),
		kube.NewKubectl(), 2*time.Minute, 0, time.Minute,
		0, &wait.Backoff{Duration: 2 * time.Second, Factor: 3, Cap: 5 * time.Minute}, 0, 3*time.Minute,
		0, 0, nil, nil, nil, 20, false, shards, nil, nil, false, false, normalizers.IgnoreNormalizerOpts{}, []string{"none"}, false,
	)
	if err != nil {
		return err
	}
	applications.GetMetricsServer().Addr = "127.0.0.1:0"

	scheme := runtime.NewScheme()
	if err := errors.Join(kubescheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	controllers, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                 scheme,
		Metrics:                metricsserver.Options{BindAddress: "0"},
		HealthProbeBindAddress: "0",
		Cache:                  cache.Options{DefaultNamespaces: map[string]cache.Config{asked.Namespace: {}}},
	})
	if err != nil {
		return err
	}
	informer, err := manager.GetClusterInformer()
	if err != nil {
		return err
	}
	argodb := db.NewDB(asked.Namespace, manager, client)
	sets := &appsets.ApplicationSetReconciler{
		Client:   appsetutils.NewCacheSyncingClient(controllers.GetClient(), controllers.GetCache()),
		Scheme:   scheme,
		Recorder: &record.FakeRecorder{},
		Renderer: &appsetutils.Render{},
		Generators: generators.GetGenerators(
			ctx, controllers.GetClient(), client, asked.Namespace, services.NewArgoCDService(argodb, true, repos, false), nil,
			generators.NewSCMConfig("", nil, false, false, nil, false), informer,
		),
		ArgoDB:                   argodb,
		ArgoCDNamespace:          asked.Namespace,
		ApplicationSetNamespaces: []string{asked.Namespace},
		KubeClientset:            client,
		Policy:                   v1alpha1.ApplicationsSyncPolicySync,
		EnablePolicyOverride:     true,
		Metrics:                  metrics.NewFakeAppsetMetrics(),
		ClusterInformer:          informer,
	}
	if err := sets.SetupWithManager(controllers, false, 10, nil); err != nil {
		return err
	}
	go applications.Run(ctx, 20, 10, 1)
	return controllers.Start(ctx)
}
