package mx.mxcity.solr;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Properties;
import javax.servlet.DispatcherType;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.solr.servlet.CoreContainerProvider;
import org.apache.solr.servlet.SolrDispatchFilter;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/** One Solr node in an embedded Jetty: {@code SolrNode HOME PORT CREDENTIALS [HOST]}. */
public final class SolrNode {

  private SolrNode() {}

  /** Whatever the Solr filter does not answer is not there. */
  private static final class NotFound extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws java.io.IOException {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 3) {
      System.err.println("usage: SolrNode HOME PORT CREDENTIALS [HOST]");
      System.exit(2);
    }
    Server server = new Server();
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    // Filter queries over many permission labels make long request lines.
    http.setRequestHeaderSize(64 * 1024);
    // Without cleartext HTTP/2 nodes of a cluster cannot create each other's replicas.
    ServerConnector connector =
        new ServerConnector(
            server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    connector.setHost(arguments.length > 3 ? arguments[3] : "127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[1]));
    server.addConnector(connector);

    ServletContextHandler context =
        new ServletContextHandler(server, "/solr", ServletContextHandler.NO_SESSIONS);
    context.setSecurityHandler(Doorkeeper.of(Path.of(arguments[2])));
    context.setAttribute(SolrDispatchFilter.PROPERTIES_ATTRIBUTE, new Properties());
    context.setAttribute(SolrDispatchFilter.SOLRHOME_ATTRIBUTE, arguments[0]);
    context.addEventListener(new CoreContainerProvider());
    context.addServlet(new ServletHolder(new NotFound()), "/");
    FilterHolder filter = new FilterHolder(new SolrDispatchFilter());
    filter.setAsyncSupported(true);
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));

    server.setStopAtShutdown(true);
    server.start();
    server.join();
  }
}
