/*
 * Stands in for tbs.dll on Linux: the three functions that brevet calls, over the data socket of the swtpm at SWTPM_PORT.
 * FAILS_WITH, if it is not 0, is what every context fails with, as winerror.h has it.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TBS_E_BAD_PARAMETER 0x80284002u
#define TBS_E_IOERROR 0x80284006u
#define TBS_E_INSUFFICIENT_BUFFER 0x80284005u

uint32_t Tbsi_Context_Create(const void *parameters, void *context) {
  uint32_t version, flags;
  memcpy(&version, parameters, 4);
  memcpy(&flags, (const char *)parameters + 4, 4);
  if (version != 2 || flags != 4) return TBS_E_BAD_PARAMETER;
  if (FAILS_WITH) return FAILS_WITH;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(SWTPM_PORT)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  intptr_t handle = socket(AF_INET, SOCK_STREAM, 0);
  if (handle < 0 || connect((int)handle, (struct sockaddr *)&address, sizeof address)) return TBS_E_IOERROR;
  memcpy(context, &handle, sizeof handle);
  return 0;
}

static int read_all(int file, uint8_t *to, uint32_t size) {
  for (uint32_t done = 0; done < size;) {
    ssize_t count = read(file, to + done, size - done);
    if (count <= 0) return -1;
    done += (uint32_t)count;
  }
  return 0;
}

uint32_t Tbsip_Submit_Command(uintptr_t context, uint32_t locality, uint32_t priority, const uint8_t *command,
                              uint32_t size, uint8_t *result, void *result_size) {
  uint32_t room, length;
  memcpy(&room, result_size, 4);
  if (locality != 0 || priority != 200 || room < 10) return TBS_E_BAD_PARAMETER;
  if (write((int)context, command, size) != (ssize_t)size || read_all((int)context, result, 10)) return TBS_E_IOERROR;
  memcpy(&length, result + 2, 4);
  length = ntohl(length);
  if (length > room) return TBS_E_INSUFFICIENT_BUFFER;
  if (read_all((int)context, result + 10, length - 10)) return TBS_E_IOERROR;
  memcpy(result_size, &length, 4);
  return 0;
}

uint32_t Tbsip_Context_Close(uintptr_t context) { return close((int)context) ? TBS_E_IOERROR : 0; }
