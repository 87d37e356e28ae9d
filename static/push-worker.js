/* Shows what was pushed to this browser, and opens what it is about. It reads, keeps and answers nothing else. */

self.addEventListener('push', (event) => {
  let message;
  try {
    message = event.data.json();
  } catch {
    message = {};
  }
  const words = typeof message.words === 'string' ? message.words : 'There is something new for you.';
  event.waitUntil(
    self.registration.showNotification('Steadyhand', {
      body: words,
      icon: '/icon-192.png',
      data: { url: typeof message.url === 'string' ? message.url : '/' },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  // Our own pages alone, whatever the message says.
  const url = new URL(event.notification.data.url, self.location.origin);
  event.waitUntil(self.clients.openWindow(url.origin === self.location.origin ? url.href : '/'));
});
