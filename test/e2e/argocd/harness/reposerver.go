package main

import (
	"context"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/cache"
	"github.com/argoproj/argo-cd/v3/reposerver/metrics"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	utilcache "github.com/argoproj/argo-cd/v3/util/cache"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"k8s.io/apimachinery/pkg/api/resource"
)

// repoServer is a client of a repo server in this process, over its own gRPC.
type repoServer struct {
	apiclient.RepoServerServiceClient
}

func (r repoServer) NewRepoServerClient() (utilio.Closer, apiclient.RepoServerServiceClient, error) {
	return io.NopCloser(nil), r, nil
}

// startRepoServer serves as argocd-repo-server does with its default flags, with its cache in memory instead of Redis. It is told to read
// one repository on the disk, whatever the URL: that is the one thing in which its clients differ from Argo CD's.
func startRepoServer(folder, gitDir string) (repoServer, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return repoServer{}, err
	}
	const day = 24 * time.Hour
	service := repository.NewService(
		metrics.NewMetricsServer(),
		cache.NewCache(utilcache.NewCache(utilcache.NewInMemoryCache(day)), day, 3*time.Minute, 10*time.Second),
		repository.RepoServerInitConstants{
			MaxCombinedDirectoryManifestsSize:            resource.MustParse("10M"),
			PauseGenerationAfterFailedGenerationAttempts: 3,
			PauseGenerationOnFailureForMinutes:           60,
			SubmoduleEnabled:                             true,
			EnableBuiltinGitConfig:                       true,
		},
		git.NoopCredsStore{},
		folder,
	)
	if err := service.Init(); err != nil {
		return repoServer{}, err
	}
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32))
	apiclient.RegisterRepoServerServiceServer(server, service)
	go func() { _ = server.Serve(listener) }()
	connection, err := grpc.NewClient(
		"passthrough:///repo-server",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithUnaryInterceptor(
			func(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
				if about, ok := request.(interface{ GetRepo() *v1alpha1.Repository }); ok && about.GetRepo() != nil {
					about.GetRepo().Repo = "file://" + filepath.ToSlash(gitDir)
				}
				return invoke(ctx, method, request, reply, connection, options...)
			},
		),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)),
	)
	return repoServer{apiclient.NewRepoServerServiceClient(connection)}, err
}
